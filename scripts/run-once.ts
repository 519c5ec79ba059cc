import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const DELIVERED_WITHIN_MS = 15_000
const LOOK_EVERY_MS = 50

interface Stack {
  proxyUrl: string
  emulatorUrl: string
  demoUrl: string
  configFile: string
}

/** One round without a browser: mints a token, tracks a login, waits for it on the contact's timeline and prints it. */
export async function runOnce({ proxyUrl, emulatorUrl, demoUrl, configFile }: Stack): Promise<void> {
  const email = 'ada@example.com'
  const token = mint(configFile, email)
  const answer = await fetch(`${proxyUrl}/v1/track`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', origin: demoUrl },
    body: JSON.stringify({ event: 'login', properties: { method: 'password' } }),
  })
  const body: { results?: { messageId: string; status: string }[] } = await answer.json()
  if (answer.status !== 202) throw new Error(`the proxy answered ${answer.status}: ${JSON.stringify(body)}`)
  process.stdout.write(`tracked   login for ${email}: ${answer.status} ${body.results?.[0]?.status}\n`)
  const event = await waitForEvent(`${emulatorUrl}/_emulator/events?email=${encodeURIComponent(email)}`)
  process.stdout.write(`delivered ${event.timestamp}  ${event.header}\n`)
  for (const line of event.detail.split('\n').filter(Boolean)) process.stdout.write(`          ${line}\n`)
}

function mint(configFile: string, email: string): string {
  const cli = fileURLToPath(import.meta.resolve('@trackline/proxy/cli'))
  const args = [cli, 'token', 'mint', '--config', configFile, '--site', 'main', '--sub', 'ada', '--email', email]
  return execFileSync(process.execPath, args, { encoding: 'utf8' }).trim()
}

interface TimelineEvent {
  timestamp: string
  header: string
  detail: string
}

async function waitForEvent(url: string): Promise<TimelineEvent> {
  const giveUpAt = Date.now() + DELIVERED_WITHIN_MS
  while (Date.now() < giveUpAt) {
    const events: TimelineEvent[] = await (await fetch(url)).json()
    if (events[0]) return events[0]
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
  }
  throw new Error(`the event did not arrive within ${DELIVERED_WITHIN_MS / 1000} s`)
}
