import { createHash, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startService } from './service.ts'
import { signIn } from './session.ts'

/**
 * Trackline with events that wait because their account is not connected, in a process of its own; it is connected when told to `go`.
 * Arguments: the emulator's address, the event's template, how many events.
 */
const [upstream = '', template = '', events = ''] = process.argv.slice(2)
const PORTAL = 1
const PEOPLE = 20_000
const AT_ONCE = 1_000
const folder = mkdtempSync(join(tmpdir(), 'trackline-bench-'))
const { publicKey } = await signIn(0)
const { parts } = await startService({ folder, upstream, publicKey, accounts: 1, hubspot: { ids: { login: template } } })
for (let from = 0; from < Number(events); from += AT_ONCE) await parts.store.enqueue(Array.from({ length: Math.min(AT_ONCE, Number(events) - from) }, (_, index) => anEvent(from + index)))

process.on('message', async (asked) => {
  if (asked === 'go') await connect()
  process.send?.((await parts.store.audit()).delivered)
})
process.on('SIGTERM', () => {
  rmSync(folder, { recursive: true, force: true })
  process.exit()
})
process.send?.('ready')

function anEvent(index: number) {
  const [subject, messageId, at] = [`person${index % PEOPLE}`, randomUUID(), Date.now()]
  return {
    ...{ account: PORTAL, site: 'site1', name: 'login', targets: ['timeline-v3'] as const, messageId, occurredAt: at, receivedAt: at },
    person: { subject, email: `${subject}@example.com` },
    eventId: createHash('sha256').update(messageId).digest('base64url'),
    properties: { method: 'sso', page: '/account/settings' },
  }
}

async function connect(): Promise<void> {
  const answer = await fetch(`${upstream}/_emulator/token?portal=${PORTAL}`)
  const { access_token: accessToken } = (await answer.json()) as { access_token: string } // The emulator's own page for it.
  await parts.vault.saveInstall(PORTAL, { accessToken, refreshToken: 'none', expiresIn: 1_800 })
}
