import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openStage } from './stage/open-stage.ts'
import type { Stage } from './stage/open-stage.ts'
import { readCodeBlocks } from './stage/read-page.ts'
import { mustRunTrackline, STAGE_CONFIG } from './stage/run-trackline.ts'
import { askStatus, sendEvents } from './stage/send-events.ts'
import { serveProxy } from './stage/serve-proxy.ts'
import { waitUntil } from './stage/wait-until.ts'

const run = promisify(execFile)
const blocks = readCodeBlocks(fileURLToPath(new URL('../docs/deployment.md', import.meta.url)))
const commandsWith = (words: string) => blocks.find(({ language, code }) => language === 'sh' && code.includes(words))?.code ?? `echo 'no block has ${words}'; exit 1`
const hasSqlite = await run('sqlite3', ['--version']).then(() => true, () => false)
const ADA = { id: 'ada', email: 'ada@example.com' }

let stage: Stage
const folder = mkdtempSync(join(tmpdir(), 'trackline-backup-'))

beforeAll(async () => {
  stage = await openStage()
})
afterAll(async () => {
  await stage.close()
  rmSync(folder, { recursive: true })
})

it.runIf(hasSqlite)('a copy made while the service runs is whole: without what came later, and what waited in it reaches HubSpot as one event', async () => {
  const track = (messageId: string) => sendEvents(stage, ADA, [{ event: 'login', messageId, properties: { method: 'sso' } }])
  const stateOf = async (messageId: string) => (await askStatus(stage, ADA, messageId))?.state
  const delivered = (messageId: string) => waitUntil(`${messageId} is delivered`, async () => (await stateOf(messageId)) === 'delivered')
  const doAsThePageSays = (words: string) => run('sh', ['-ec', commandsWith(words).replaceAll('data/trackline.db', stage.storeFile)], { cwd: folder })

  await track('delivered before')
  await delivered('delivered before')
  await stage.hubspot.fail({ next: 1_000_000, status: 503 })
  await track('waiting')
  await doAsThePageSays('vacuum into')
  expect(statSync(join(folder, 'trackline-backup.db')).mode & 0o777, 'nobody else may read it').toBe(0o600)
  await stage.hubspot.recover()
  await delivered('waiting')
  await track('later')
  await delivered('later')

  await stage.proxy.end('SIGTERM')
  await doAsThePageSays('cp trackline-backup.db')
  stage.proxy = await serveProxy(stage.env)
  expect(await stateOf('delivered before')).toBe('delivered')
  expect(await stateOf('later')).toBeUndefined()
  await delivered('waiting')
  const events = await stage.hubspot.events(ADA.email)
  expect(events.map(({ writes }) => writes).sort()).toEqual([1, 1, 2])
  await mustRunTrackline(['audit', '--recount', '--config', STAGE_CONFIG], stage.env)
})
