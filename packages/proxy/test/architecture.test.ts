import { globSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ESLint } from 'eslint'
import { describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(import.meta.resolve('../../..')).replace(/\/$/, '')
const SOURCES = join(ROOT, 'packages', 'proxy', 'src')
const PARTS = ['identity', 'store', 'vault', 'hubspot', 'preview']
const eslint = new ESLint({ cwd: ROOT })

/** What the import rules say of one import in a file; [] when it is allowed. */
async function refusals(file: string, imported: string): Promise<string[]> {
  const [result] = await eslint.lintText(`import ${JSON.stringify(imported)}\n`, { filePath: join(ROOT, file) })
  return (result?.messages ?? []).filter(({ ruleId }) => ruleId === 'no-restricted-imports').map(({ message }) => message)
}

type Case = [file: string, imported: string]

const inProxy = (file: string) => `packages/proxy/src/${file}`

const REFUSED: Case[] = [
  ['packages/shared/src/quote.ts', 'jose'],
  ['packages/shared/src/quote.ts', 'node:crypto'],
  ['packages/shared/src/quote.ts', '../../session/src/index.ts'],
  ['packages/emulator/src/app.ts', '@trackline/shared'],
  ['packages/emulator/src/oauth/scopes.ts', '@trackline/proxy'],
  ['packages/session/src/index.ts', 'node:crypto'],
  ['packages/session/src/keys/once.ts', '@trackline/shared'],
  ['packages/session/src/keys/once.ts', 'jose/errors'],
  ['packages/snippet/src/index.ts', 'preact'],
  ['packages/snippet/src/index.ts', '@trackline/session'],
  ['packages/snippet/src/index.ts', 'react'],
  ['packages/snippet/src/bindings/react.ts', 'react-dom'],
  ...['e2e/x.test.ts', 'examples/plain-html/server.ts', 'bench/x.ts', 'scripts/x.ts'].map((file): Case => [
    file,
    '../packages/proxy/src/server.ts',
  ]),
  ...['cli/output', 'store/sqlite/worker', 'vault/seal', 'hubspot/call'].map((file): Case => [
    inProxy('http/x.ts'),
    `../${file}.ts`,
  ]),
  [inProxy('flows/install-account.ts'), './push-definitions.ts'],
  [inProxy('flows/install-account.ts'), './deliver-events/deliver-batch.ts'],
  [inProxy('flows/deliver-events/x.ts'), '../install-account.ts'],
  [inProxy('flows/deliver-events/x.ts'), '../ingest-events/read-message.ts'],
  ...['cli/output', 'http/app', 'store/sqlite/worker'].flatMap((file): Case[] => [
    [inProxy('flows/x.ts'), `../${file}.ts`],
    [inProxy('flows/deliver-events/x.ts'), `../../${file}.ts`],
  ]),
  ...PARTS.flatMap((part) =>
    [...PARTS.filter((other) => other !== part), 'flows', 'http', 'cli'].map((other): Case => [
      inProxy(`${part}/x.ts`),
      `../${other}/y.ts`,
    ]),
  ),
  ...PARTS.map((part): Case => [inProxy('store/sqlite/x.ts'), `../../${part === 'store' ? 'flows' : part}/y.ts`]),
  ...[...PARTS, 'flows', 'http', 'cli'].map((room): Case => [inProxy('outbox/x.ts'), `../${room}/y.ts`]),
  ...['parts', 'background', 'app-parts', 'server', 'world', 'cli'].flatMap((file): Case[] => [
    ...['flows', 'http', 'outbox', ...PARTS].map((room): Case => [inProxy(`${room}/x.ts`), `../${file}.ts`]),
    [inProxy('flows/deliver-events/x.ts'), `../../${file}.ts`],
    [inProxy('store/sqlite/x.ts'), `../../${file}.ts`],
  ]),
  ...['config', 'config-problems', 'config-schema', 'errors', 'is-loopback', 'outcome', 'server-key-entry', 'signal', 'turns', 'target-settings-schema', 'when-known'].flatMap((file) =>
    ['store', 'vault', 'hubspot', 'flows', 'http', 'cli'].map((room): Case => [inProxy(`${file}.ts`), `./${room}/y.ts`]),
  ),
]

const ALLOWED: Case[] = [
  ['packages/shared/src/quote.ts', './message.ts'],
  ['packages/emulator/src/app.ts', 'fastify'],
  ['packages/session/src/index.ts', 'jose'],
  ['packages/session/src/keys/once.ts', '../session-error.ts'],
  ['packages/snippet/src/index.ts', '@trackline/shared'],
  ['packages/snippet/src/index.ts', './tracker.ts'],
  ['packages/snippet/src/bindings/react.ts', 'react'],
  ['e2e/x.test.ts', '@trackline/proxy'],
  [inProxy('http/x.ts'), '../flows/install-account.ts'],
  [inProxy('http/x.ts'), '../outbox/store.ts'],
  [inProxy('http/x.ts'), '../errors.ts'],
  [inProxy('flows/x.ts'), '../hubspot/target.ts'],
  [inProxy('flows/deliver-events/x.ts'), './deliver-batch.ts'],
  [inProxy('flows/deliver-events/x.ts'), '../../outbox/store.ts'],
  [inProxy('store/sqlite/x.ts'), '../../outbox/event.ts'],
  [inProxy('vault/x.ts'), '../outcome.ts'],
  [inProxy('outbox/store.ts'), './event.ts'],
  [inProxy('parts.ts'), './store/sqlite/open-sqlite-store.ts'],
]

describe('the import rules', () => {
  it.each(REFUSED)('in %s refuse %s, and say why', async (file, imported) => {
    const messages = await refusals(file, imported)
    expect(messages.length).toBeGreaterThan(0)
    // ESLint's own words end before the reason; a rule without one leaves a reader to guess.
    for (const message of messages) expect(message).toMatch(/restricted.*\. \S/)
  })

  it.each(ALLOWED)('in %s allow %s', async (file, imported) => {
    expect(await refusals(file, imported)).toEqual([])
  })

  it('are each tried here: there is none that no test names', async () => {
    const { default: config }: { default: { files?: string[]; rules?: Record<string, unknown> }[] } = await import(
      join(ROOT, 'eslint.config.mjs')
    )
    const patterns = config.filter(({ rules }) => rules?.['no-restricted-imports']).flatMap(({ files = [] }) => files)
    const untried = patterns.filter((pattern) => !REFUSED.some(([file]) => matches(pattern, file)))
    expect(untried).toEqual([])
  })
})

function matches(pattern: string, file: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('**', '\0')
    .replaceAll('*', '[^/]*')
    .replaceAll('\0', '.*')
  return new RegExp(`^${expression}$`).test(file)
}

describe('the sources of the proxy', () => {
  const files = globSync('**/*.ts', { cwd: SOURCES }).map((file) => join(SOURCES, file))

  it('no file imports itself through others', () => {
    const imports = new Map(files.map((file) => [file, valueImports(file)]))
    expect(files.flatMap((file) => circleFrom(file, imports))).toEqual([])
  })

  it('name their folders after what is in them: none is called utils, helpers, common or types', () => {
    expect(
      files.map((file) => relative(SOURCES, file)).filter((file) => /(^|\/)(utils?|helpers?|common|types)(\/|\.)/.test(file)),
    ).toEqual([])
  })

  it('know Fastify in http and in the wiring only, SQL in store (and for tables of others in two files of identity), and a cipher in vault only', () => {
    const importing = (name: RegExp) =>
      new Set(files.filter((file) => name.test(readFileSync(file, 'utf8'))).map((file) => relative(SOURCES, file).split('/')[0]))
    expect([...importing(/from '(@fastify\/.*|fastify)'/)].sort()).toEqual(['http', 'parts.ts'])
    expect([...importing(/from '(node:sqlite|pg)'/)].sort()).toEqual(['identity', 'store'])
    const readers = files.filter((file) => relative(SOURCES, file).startsWith('identity/') && /from '(node:sqlite|pg)'/.test(readFileSync(file, 'utf8')))
    expect(readers.map((file) => basename(file)).sort()).toEqual(['postgres-reader.ts', 'sqlite-reader-process.ts'])
    expect([...importing(/createCipheriv|createDecipheriv/)]).toEqual(['vault'])
  })
})

/** Imports that run, as paths; types alone make no circle. */
function valueImports(file: string): string[] {
  const statements = readFileSync(file, 'utf8').matchAll(/^(?:import|export) (?!type )[^'\n]*from '(\.[^']+)'/gm)
  return [...statements].map(([, path = '']) => resolve(dirname(file), path))
}

function circleFrom(start: string, imports: Map<string, string[]>): string[] {
  const seen = new Set<string>()
  const next = [...(imports.get(start) ?? [])]
  for (let file = next.pop(); file !== undefined; file = next.pop()) {
    if (file === start) return [relative(SOURCES, start)]
    if (seen.has(file)) continue
    seen.add(file)
    next.push(...(imports.get(file) ?? []))
  }
  return []
}
