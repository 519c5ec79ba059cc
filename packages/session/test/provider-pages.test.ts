import { generateKeyPairSync } from 'node:crypto'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { REASONS } from '../src/session-error.ts'

const HERE = dirname(fileURLToPath(import.meta.url))
const PAGES = join(HERE, '../../../docs/providers')
const INDEX = 'README.md'
const LONG_SECRET = 's'.repeat(48)

const files = (await readdir(PAGES)).filter((file) => file.endsWith('.md') && file !== INDEX)
const pages = await Promise.all(files.map(async (file) => [file, await readFile(join(PAGES, file), 'utf8')] as const))
// Inside the package, so that the blocks find what they import; in a folder that no tool reads.
const folder = join(HERE, 'dist', `pages-${process.pid}`)
await mkdir(folder, { recursive: true })
for (const name of ['AUTH_SECRET', 'JWT_SIGNING_KEY', 'DEVISE_JWT_SECRET_KEY', 'SESSION_SECRET']) vi.stubEnv(name, LONG_SECRET)
vi.stubEnv('SESSION_PUBLIC_KEY', generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString())
afterAll(async () => {
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true })
})

it('there is a page for every preset, and the index leads to each', async () => {
  const source = await readFile(join(HERE, '../src/index.ts'), 'utf8')
  const presets = [...source.matchAll(/^export { (\w+) } from '.\/presets\//gm)].map(([, name = '']) => name)
  const names = presets.map((name) => `${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.md`)
  expect(names).toHaveLength(18)
  expect(files.toSorted()).toEqual(names.toSorted())
  const linked = [...(await readFile(join(PAGES, INDEX), 'utf8')).matchAll(/\]\((.+?)\)/g)].map(([, file]) => file)
  expect(linked.toSorted()).toEqual(names.toSorted())
})

describe.each(pages)('docs/providers/%s', (file, page) => {
  it('has one line for here, and it makes the preset of its name', async () => {
    const blocks = [...page.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code)
    expect(blocks).toHaveLength(1)
    expect(blocks[0], 'a configuration has the proxy at hand, and nothing else').toContain(" } from '@trackline/proxy'\n")
    await writeFile(join(folder, `${file}.ts`), blocks.join(''))
    const { session } = await import(/* @vite-ignore */ pathToFileURL(join(folder, `${file}.ts`)).href)
    const name = file.replace('.md', '').replace(/-[a-z]/g, (letters) => letters.slice(1).toUpperCase())
    expect(session.name).toBe(name)
  })

  it('says what to do there, here, and when something goes wrong', () => {
    expect(page.match(/^## .*$/gm)).toEqual(['## There', '## Here', '## What goes wrong'])
  })

  it('names only reasons and codes that exist', () => {
    const [, troubles = ''] = page.split('## What goes wrong')
    const named = [...troubles.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name)
    const known = [...Object.keys(REASONS), ...Object.values(REASONS).map(({ code }) => code)]
    expect(named.filter((name) => !known.includes(name ?? ''))).toEqual([])
  })
})
