import { describe, expect, it } from 'vitest'
import { templateIds } from '../../src/hubspot/template-ids.ts'
import { events } from '../stage/events.ts'

const LOOK_AGAIN_MS = 15_000

interface Listed {
  id: string
  name: string
  tokens?: ReadonlySet<string>
}

function stored(name: string, id: string, tokens?: string[]): Listed {
  return { id, name, ...(tokens ? { tokens: new Set(tokens) } : {}) }
}

/** Ids from what HubSpot lists at each call: a list, or a failure. */
function lookUp(lists: (Listed[] | Error)[], given: Record<string, string> = {}) {
  const clock = { ms: 0 }
  let calls = 0
  const list = async () => {
    const answer = lists[Math.min(calls++, lists.length - 1)] ?? []
    if (answer instanceof Error) throw answer
    return answer
  }
  const ids = templateIds({ events, given, list, now: () => new Date(clock.ms) })
  const find = async (eventName: string, accessToken: string) => (await ids.find(eventName, accessToken))?.id
  return { ...ids, find, tokensOf: async (eventName: string) => (await ids.find(eventName, 'a token'))?.tokens, clock, calls: () => calls }
}

describe('templateIds', () => {
  it("finds a template by the event's label, and remembers it", async () => {
    const { find, calls } = lookUp([[stored('Logged in', '1001'), stored('login', '9')]])
    expect([await find('login', 'a token'), await find('login', 'a token')]).toEqual(['1001', '1001'])
    expect(calls()).toBe(1)
  })

  it("an id that the configuration gives goes before HubSpot's list, which is not asked", async () => {
    const { find, calls } = lookUp([[stored('Logged in', '1001')]], { login: '7' })
    expect(await find('login', 'a token')).toBe('7')
    expect(calls()).toBe(0)
  })

  it('a missing template is asked for again after 15 seconds, not before, and is found then', async () => {
    const { find, clock, calls } = lookUp([[], [stored('Logged in', '1001')]])
    expect(await find('login', 'a token')).toBeUndefined()
    clock.ms += LOOK_AGAIN_MS - 1
    expect(await find('login', 'a token')).toBeUndefined()
    expect(calls()).toBe(1)
    clock.ms += 1
    expect(await find('login', 'a token')).toBe('1001')
  })

  it('a missing template is asked for at once where there is reason to look again', async () => {
    const { find, lookAgain } = lookUp([[], [stored('Logged in', '1001')]])
    expect(await find('login', 'a token')).toBeUndefined()
    lookAgain()
    expect(await find('login', 'a token')).toBe('1001')
  })

  it('many that ask at the same moment share one request', async () => {
    const { find, calls } = lookUp([[stored('Logged in', '1001')]])
    expect(await Promise.all(Array.from({ length: 20 }, () => find('login', 'a token')))).toEqual(Array.from({ length: 20 }, () => '1001'))
    expect(calls()).toBe(1)
  })

  it('a known id is asked for again after 10 minutes, and serves on while HubSpot cannot be asked', async () => {
    const { find, clock } = lookUp([[stored('Logged in', '1001')], new Error('down'), [stored('Logged in', '1002')]])
    await find('login', 'a token')
    clock.ms += 10 * 60_000
    expect(await find('login', 'a token')).toBe('1001')
    clock.ms += LOOK_AGAIN_MS
    expect(await find('login', 'a token')).toBe('1002')
  })

  it('while one is looked for, those that are known need not wait for HubSpot', async () => {
    const { find } = lookUp([[stored('Logged in', '1001')], new Error('down')])
    await find('login', 'a token')
    const failing = find('profile_changed', 'a token').catch(() => 'failed')
    expect(await find('login', 'a token')).toBe('1001')
    await failing
  })

  it('a list that could not be had is an error, and is asked for again at once next time', async () => {
    const { find } = lookUp([new Error('HubSpot is down'), [stored('Logged in', '1001')]])
    await expect(find('login', 'a token')).rejects.toThrow('HubSpot is down')
    expect(await find('login', 'a token')).toBe('1001')
  })

  it('a missing token is asked for again after 15 seconds, not before, and is found then; one that is not defined does not matter', async () => {
    const lacking = ['field', 'value', 'amount', 'confirmed', 'since', 'more']
    const { tokensOf, clock, calls } = lookUp([[stored('Profile changed', '1', lacking)], [stored('Profile changed', '1', [...lacking, 'plan'])]])
    expect(await tokensOf('profile_changed')).toEqual(new Set(lacking))
    clock.ms += LOOK_AGAIN_MS - 1
    expect(await tokensOf('profile_changed')).toEqual(new Set(lacking))
    expect(calls()).toBe(1)
    clock.ms += 1
    expect(await tokensOf('profile_changed')).toEqual(new Set([...lacking, 'plan']))
    clock.ms += LOOK_AGAIN_MS
    await tokensOf('profile_changed')
    expect(calls()).toBe(2)
  })

  it('while HubSpot cannot be asked for a missing token, the template is as it was', async () => {
    const { tokensOf, clock } = lookUp([[stored('Profile changed', '1', ['field'])], new Error('down')])
    await tokensOf('profile_changed')
    clock.ms += LOOK_AGAIN_MS
    expect(await tokensOf('profile_changed')).toEqual(new Set(['field']))
  })

  it('what HubSpot refuses one account, another that asks at the same moment gets', async () => {
    const list = async (accessToken: string) => {
      if (accessToken === 'refused') throw new Error('no')
      return [stored('Logged in', '1001')]
    }
    const { find } = templateIds({ events, given: {}, list, now: () => new Date(0) })
    const [refused, granted] = await Promise.allSettled([find('login', 'refused'), find('login', 'good')])
    expect([refused.status, granted]).toEqual(['rejected', { status: 'fulfilled', value: { id: '1001' } }])
  })

  it('without a developer key only the given ids are known', async () => {
    const { find } = templateIds({ events, given: { login: '7' }, list: undefined, now: () => new Date(0) })
    expect([await find('login', 'a token'), await find('profile_changed', 'a token')]).toEqual([{ id: '7' }, undefined])
  })
})
