import { randomUUID } from 'node:crypto'
import { Agent, request } from 'node:http'
import type { LoadResult, LoadSettings } from './messages.ts'

/** Keep-alive connections that each send a request as soon as the one before is answered. */
const settings: LoadSettings = JSON.parse(process.argv[2] ?? '')
const agent = new Agent({ keepAlive: true, maxSockets: settings.connections })
const headers = { 'content-type': 'application/json', origin: 'https://app.example.com' }
const { tokens = [settings.token] } = settings
const latenciesMs: number[] = []
let sent = 0

process.once('message', async () => {
  const endAt = performance.now() + settings.seconds * 1000
  await Promise.all(Array.from({ length: settings.connections }, () => sendUntil(endAt)))
  process.send?.(measured())
  agent.destroy()
  process.disconnect()
})
// Before the clock starts: code that runs for the first time, connections and the first verification are not what is measured.
const warmUntil = performance.now() + (settings.warmUpSeconds ?? 0) * 1000
await post()
await Promise.all(Array.from({ length: settings.connections }, () => sendUntil(warmUntil)))
latenciesMs.length = 0
process.send?.('ready')

async function sendUntil(endAt: number): Promise<void> {
  while (performance.now() < endAt) await post()
}

function post(): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const startedAt = performance.now()
  const call = request(`${settings.url}/v1/batch`, { method: 'POST', agent, headers: { ...headers, authorization: `Bearer ${tokens[sent++ % tokens.length]}` } }, (response) => {
    if ((response.statusCode ?? 0) >= 300) reject(new Error(`answered ${response.statusCode}`))
    response.resume().once('end', () => {
      latenciesMs.push(performance.now() - startedAt)
      resolve()
    })
  })
  call.once('error', reject).end(body())
  return promise
}

function body(): string {
  const batch = Array.from({ length: settings.eventsPerRequest }, () => ({
    type: 'track',
    event: 'login',
    messageId: randomUUID(),
    timestamp: new Date().toISOString(),
    properties: { method: 'sso', page: '/account/settings' },
    context: { library: { name: 'bench', version: '1.0.0' } },
  }))
  return JSON.stringify({ batch, sentAt: new Date().toISOString() })
}

function measured(): LoadResult {
  const sorted = latenciesMs.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN
  return { requests: sorted.length, p50Ms: at(0.5), p99Ms: at(0.99) }
}
