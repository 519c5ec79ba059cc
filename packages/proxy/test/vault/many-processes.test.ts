import { join } from 'node:path'
import { startEmulator } from '@trackline/emulator'
import type { Emulator } from '@trackline/emulator'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { openParts } from '../../src/parts.ts'
import type { Parts } from '../../src/parts.ts'
import type { AccessToken } from '../../src/vault/vault.ts'
import { realWorld } from '../../src/world.ts'
import { makeTempFolder } from '../stage/temp-folder.ts'
import { readConfigFrom } from '../stage/renewing-config.ts'
import { startPostgres } from '../stage/start-postgres.ts'
import { startRenewing } from '../stage/start-renewing.ts'
import type { RenewingProcess } from '../stage/start-renewing.ts'

const PROCESSES = 8
const FEW = 3
const ROUNDS = Number(process.env.TRACKLINE_TEST_RENEWALS ?? 20)
/** A process is killed in each of these. */
const KILL_EVERY = 5
const PORTAL = 62515
const LIFE_SECONDS = 1_800
/** The right to renew ends after HubSpot's timeout and the time to save, as `renewing-config.ts` has it. */
const RENEW_WITHIN_MS = 25_000
const TOKEN_PATH = '/oauth/2026-03/token'
const TEST_TIMEOUT_MS = 60_000 + ROUNDS * 5_000

const postgres = await startPostgres()
const folder = makeTempFolder()
afterAll(folder.remove)
let stores = 0

const STORES: [string, () => string][] = [
  ['SQLite', () => `sqlite:${join(folder.path, `renewals-${(stores += 1)}.db`)}`],
  ['PostgreSQL', () => `${postgres.url}?schema=renewals_${(stores += 1)}`],
]

/** One clock for all: emulator, this process, and those that it starts. */
interface Stage {
  clock: { ms: number }
  emulator: Emulator
  parts: Parts
  processes: RenewingProcess[]
  start: () => Promise<RenewingProcess>
}

async function openStage(store: string, processes: number): Promise<Stage> {
  const clock = { ms: 0 }
  const now = () => new Date(Date.now() + clock.ms)
  const emulator = await startEmulator({ autoConsent: true, accessTokenSeconds: LIFE_SECONDS, now })
  const parts = await openParts(readConfigFrom({ emulatorUrl: emulator.url, store }), { ...realWorld({ logLevel: 'silent' }), now, monotonicMs: undefined })
  const started: RenewingProcess[] = []
  const start = async () => {
    const one = await startRenewing(emulator.url, store)
    started.push(one)
    return one
  }
  onTestFinished(async () => {
    await Promise.all(started.map((one) => one.end('SIGKILL')))
    await parts.store.close()
    await emulator.close()
  })
  const stage = { clock, emulator, parts, start, processes: await Promise.all(Array.from({ length: processes }, start)) }
  await parts.vault.saveInstall(PORTAL, await install(emulator))
  return stage
}

/** What an installation comes to: a code, traded for tokens. */
async function install({ url }: Emulator) {
  const redirectUri = 'http://127.0.0.1:4400/oauth/callback'
  const app = { client_id: 'trackline-dev', redirect_uri: redirectUri }
  const consent = `${url}/oauth/${PORTAL}/authorize?${new URLSearchParams({ ...app, scope: 'oauth timeline' })}`
  const { headers } = await fetch(consent, { redirect: 'manual' })
  const code = new URL(headers.get('location') ?? '').searchParams.get('code') ?? ''
  const form = { ...app, client_secret: 'trackline-dev-secret', grant_type: 'authorization_code', code }
  const answer = await fetch(url + TOKEN_PATH, { method: 'POST', body: new URLSearchParams(form) })
  const { access_token: accessToken, refresh_token: refreshToken, expires_in: expiresIn } = JSON.parse(await answer.text())
  return { accessToken, refreshToken, expiresIn }
}

async function emulated({ emulator }: Stage, path: string, method = 'GET', body?: object): Promise<unknown> {
  const json = body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}
  const text = await (await fetch(emulator.url + path, { method, ...json })).text()
  return text === '' ? undefined : JSON.parse(text)
}

async function renewals(stage: Stage): Promise<number> {
  const answered = await emulated(stage, '/_emulator/requests')
  const requests = answered as { path: string; count: number }[] // As the emulator's page says.
  return requests.filter(({ path }) => path === TOKEN_PATH).reduce((sum, { count }) => sum + count, 0)
}

/** All ask at the moment at which the token expires. */
async function askAll({ clock }: Stage, processes: readonly RenewingProcess[]): Promise<AccessToken[]> {
  for (const one of processes) one.ask({ clockMs: clock.ms, account: PORTAL })
  const said = await Promise.all(processes.map((one) => one.hear()))
  return said.map((heard) => (heard.kind === 'token' ? heard.token : expect.fail(JSON.stringify(heard))))
}

/** HubSpot takes the token that all of them got. */
async function expectOneGoodToken(stage: Stage, tokens: AccessToken[]): Promise<void> {
  const [token] = tokens
  expect(tokens).toEqual(tokens.map(() => token))
  const authorization = `Bearer ${token?.kind === 'token' ? token.accessToken : expect.fail(JSON.stringify(token))}`
  expect((await fetch(`${stage.emulator.url}/account-info/2026-03/details`, { headers: { authorization } })).status).toBe(200)
}

/** One asks first, is answered by HubSpot, and is killed before it has saved anything. A new one takes its place. */
async function killBetweenAnswerAndSave(stage: Stage): Promise<void> {
  const [victim] = stage.processes.splice(0, 1)
  victim?.ask({ clockMs: stage.clock.ms, account: PORTAL, isToStandStill: true })
  expect(await victim?.hear()).toEqual({ kind: 'answered' })
  await victim?.end('SIGKILL')
  stage.processes.push(await stage.start())
  // The dead one's right to renew ends by the clock.
  stage.clock.ms += RENEW_WITHIN_MS
}

describe.each(STORES)('%s', (_, newStore) => {
  it(`${PROCESSES} processes at the token's expiry, ${ROUNDS} rounds: one asks HubSpot each time, all get its token, also after kill -9`, async () => {
    const stage = await openStage(newStore(), PROCESSES)
    for (let round = 1; round <= ROUNDS; round++) {
      stage.clock.ms += LIFE_SECONDS * 1_000
      await emulated(stage, '/_emulator/requests', 'DELETE')
      const isKilled = round % KILL_EVERY === 0
      if (isKilled) await killBetweenAnswerAndSave(stage)
      await expectOneGoodToken(stage, await askAll(stage, stage.processes))
      expect(await renewals(stage), `round ${round}`).toBe(isKilled ? 2 : 1)
    }
    expect(await stage.parts.store.readGrant(PORTAL)).toMatchObject({ state: 'connected', version: ROUNDS + 1 })
  }, TEST_TIMEOUT_MS)

  it('where HubSpot replaces refresh tokens, each round goes on with the latest', async () => {
    const stage = await openStage(newStore(), FEW)
    await emulated(stage, '/_emulator/limits', 'POST', { rotateRefreshTokens: true })
    for (let round = 1; round <= 5; round++) {
      stage.clock.ms += LIFE_SECONDS * 1_000
      await expectOneGoodToken(stage, await askAll(stage, stage.processes))
    }
    expect(await stage.parts.store.readGrant(PORTAL)).toMatchObject({ state: 'connected', version: 6 })
  }, TEST_TIMEOUT_MS)

  it('where it replaced one and the process that heard it was killed, the account is to be reconnected, and says so', async () => {
    const stage = await openStage(newStore(), 2)
    await emulated(stage, '/_emulator/limits', 'POST', { rotateRefreshTokens: true })
    stage.clock.ms += LIFE_SECONDS * 1_000
    await killBetweenAnswerAndSave(stage)
    const tokens = await askAll(stage, stage.processes)
    const lost = { kind: 'none', outcome: { kind: 'retry', code: 'RECONNECT_NEEDED', detail: expect.stringContaining('BAD_REFRESH_TOKEN') } }
    expect(tokens).toEqual([lost, lost])
    await stage.parts.vault.saveInstall(PORTAL, await install(stage.emulator))
    await expectOneGoodToken(stage, await askAll(stage, stage.processes))
  }, TEST_TIMEOUT_MS)
})
