import { execFile } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { MAX_BATCH_EVENTS, MAX_BODY_BYTES, MAX_EXTRA_DATA_BYTES, MAX_EXTRA_DATA_DEPTH, MAX_MESSAGE_ID_LENGTH } from '@trackline/shared'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { baseEnvironment } from './stage/base-environment.ts'
import { generateServerKey } from './stage/generate-server-key.ts'
import { openStage } from './stage/open-stage.ts'
import type { Stage } from './stage/open-stage.ts'
import { readCodeBlocks, readLinks } from './stage/read-page.ts'
import { STAGE_CONFIG, TRACKLINE } from './stage/run-trackline.ts'

const run = promisify(execFile)
const PAGE = fileURLToPath(new URL('../docs/http-api.md', import.meta.url))
const text = readFileSync(PAGE, 'utf8')
const blocks = readCodeBlocks(PAGE)
const samples = blocks.flatMap(({ language, code, line }, index) => (language === 'sh' ? [{ code, line, answer: blocks[index + 1] }] : []))

interface Schema {
  properties: Record<string, unknown>
}
interface OpenApi {
  paths: Record<string, Record<string, { requestBody?: { content: Record<string, { schema: Schema }> } }>>
}

let stage: Stage
let openApi: OpenApi
let serverKey: string
const folder = mkdtempSync(join(tmpdir(), 'trackline-http-api-'))

beforeAll(async () => {
  const { key, digest } = await generateServerKey()
  serverKey = key
  stage = await openStage({ env: { TRACKLINE_STAGE_SERVER_KEY: digest } })
  openApi = await (await fetch(`${stage.proxyUrl}/openapi.json`)).json()
  // As `npm install` would lay it on the PATH, in a folder that has this configuration.
  const command = join(folder, 'trackline')
  writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${TRACKLINE}' "$@" --config '${STAGE_CONFIG}'\n`)
  chmodSync(command, 0o755)
})
afterAll(async () => {
  await stage.close()
  rmSync(folder, { recursive: true })
})

it.each(samples)('the command of line $line is answered as the page shows', async ({ code, answer }) => {
  expect(answer?.language).toBe('json')
  const here = code.replaceAll('https://t.example.com', stage.proxyUrl).replace(/^curl /m, 'curl --silent --show-error ')
  const base = baseEnvironment()
  const env = { ...base, ...stage.env, PATH: `${folder}:${base.PATH}`, TRACKLINE_SERVER_KEY: serverKey }
  const { stdout } = await run('sh', ['-ec', here], { env })
  expect(shapeOf(JSON.parse(stdout))).toEqual(shapeOf(JSON.parse(answer?.code ?? '')))
})

it('every route of the service is on the page, and none besides', () => {
  const rows = [...text.matchAll(/^\| (GET|POST) \| (.*?) \| (.*?) \|/gm)]
  const written = rows.flatMap(([, method, paths = '', answers = '']) => [...`${paths} ${answers}`.matchAll(/`(\/[^`]*)`/g)].map(([, path = '']) => `${method} ${path}`))
  const served = Object.entries(openApi.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/\.[0-9a-f]{16}\./, '.{hash}.')}`))
  expect(written.toSorted()).toEqual([...served, 'GET /openapi.json'].toSorted())
})

it('every field of a message is on the page, and none besides', () => {
  const [table = ''] = text.split('| Field | Takes | |\n').slice(1).flatMap((rest) => rest.split('\n\n', 1))
  const written = [...table.matchAll(/^\| (.*?) \|/gm)].flatMap(([, names = '']) => [...names.matchAll(/`(\w+)`/g)].map(([, name]) => name))
  const fieldsOf = (path: string) => Object.keys(openApi.paths[path]?.post?.requestBody?.content['application/json']?.schema.properties ?? {})
  const fields = [...fieldsOf('/v1/track'), ...fieldsOf('/v1/batch')].filter((name) => name !== 'batch')
  expect(written.toSorted()).toEqual(fields.toSorted())
})

it.each([
  ['`messageId`', `1–${MAX_MESSAGE_ID_LENGTH} printable`],
  ['`extraData`', `any JSON, ${MAX_EXTRA_DATA_BYTES.toLocaleString('en')} bytes at most, nested at most ${MAX_EXTRA_DATA_DEPTH} deep`],
  ['body', `${MAX_BODY_BYTES.toLocaleString('en')} bytes`],
  ['events in a batch', String(MAX_BATCH_EVENTS)],
])('the limit of %s is the one that holds', (what, limit) => {
  expect(text).toContain(`\n| ${what} | ${limit}`)
})

it.each(readLinks(PAGE))('the link to %s leads somewhere', (target) => {
  expect(existsSync(join(PAGE, '..', target))).toBe(true)
})

/** What has which members, and of which kind each is; ids and moments differ. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf)
  if (typeof value !== 'object' || value === null) return typeof value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, ['status', 'state', 'code'].includes(name) ? member : shapeOf(member)]))
}
