import { createInterface } from 'node:readline'
import { readConfigFrom } from './renewing-config.ts'
import type { Fetch } from '../../src/hubspot/call.ts'
import { openParts } from '../../src/parts.ts'
import { realWorld } from '../../src/world.ts'

/**
 * A process that asks the vault for an access token whenever it is told to, one line of JSON each way.
 *
 * Its clock is put forward by what it is told, and follows no database's. It can be told to stand still once HubSpot has answered and
 * before anything is saved: that is where the test kills it.
 */
const [emulatorUrl = '', store = ''] = process.argv.slice(2)
const state = { clockMs: 0, isToStandStill: false }

const say = (line: object) => void process.stdout.write(`${JSON.stringify(line)}\n`)

const real = realWorld({ logLevel: 'silent' })

const standingFetch: Fetch = async (url, init) => {
  const answer = await real.fetchHubSpot(url, init)
  if (!url.endsWith('/token') || !state.isToStandStill) return answer
  await answer.text()
  say({ kind: 'answered' })
  return new Promise(() => undefined)
}

const world = { ...real, now: () => new Date(Date.now() + state.clockMs), monotonicMs: undefined, fetchHubSpot: standingFetch }
const { vault, store: opened } = await openParts(readConfigFrom({ emulatorUrl, store }), world)
say({ kind: 'ready' })

interface Told {
  clockMs: number
  account: number
  isToStandStill?: boolean
}

const lines = createInterface({ input: process.stdin })
for await (const line of lines) {
  const told: Told = JSON.parse(line)
  Object.assign(state, { isToStandStill: false, ...told })
  void vault.accessToken(told.account).then((token) => say({ kind: 'token', token }), (error: unknown) => say({ kind: 'failed', error: String(error) }))
}
await opened.close()
