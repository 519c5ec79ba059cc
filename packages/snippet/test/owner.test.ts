import { expect, it } from 'vitest'
import { begin } from './stage/begin.ts'
import { makeToken } from './stage/make-token.ts'
import type { StagePage } from './stage/open-stage.ts'

declare const window: StagePage

const scene = begin()

/** Under which owner an event of each of these people is stored. */
async function ownersOf(people: { sub: string; claims?: Record<string, unknown> }[]): Promise<string[]> {
  const { stage, page } = scene
  stage.endpoint.script = () => ({ status: 503, headers: { 'retry-after': '3600' } })
  await stage.visitWithModule(page, { persist: true })
  return page.evaluate(async (tokens) => {
    const owners: string[] = []
    for (const token of tokens) {
      window.token = token
      void window.tracker.track('owned')
      await window.tracker.flush()
      const newest = Object.keys(localStorage).filter((key) => / 1\d+/.test(key)).sort().at(-1)!
      owners.push(localStorage.getItem(newest)!.split('{')[0]!)
    }
    return owners
  }, people.map(({ sub, claims }) => makeToken(sub, claims)))
}

it('an event\'s owner is the same for every token of a person, and another for another person, issuer or spelling', async () => {
  const people = ['ada', 'adb', 'Ada', 'ada ', '1', '11', 'josé', 'jose', '日本', '日木', '😀', 'auth0|5f7c?~>', 'x'.repeat(255)]
  const owners = await ownersOf([
    ...people.map((sub) => ({ sub, claims: { exp: 1, name: 'é~?>' } })),
    ...people.map((sub) => ({ sub, claims: { exp: 22 } })),
    { sub: 'ada', claims: { iss: 'https://other.example.com' } },
  ])
  expect(owners.slice(0, people.length)).toEqual(owners.slice(people.length, 2 * people.length))
  expect(new Set(owners).size).toBe(people.length + 1)
  for (const owner of owners) expect(owner).toMatch(/^\d{1,13}$/)
})
