import { Writable } from 'node:stream'

/** One line of the service's log. */
type Line = Readonly<Record<string, string | number | undefined>>

const WARN = 40

/** What a line says to a person; the others of level info and below say nothing new. */
const STORIES: Readonly<Record<string, (line: Line) => string>> = {
  'event.received': ({ status, messageId, ...line }) => `${whose(line)}  ${STATUSES[status ?? ''] ?? status}${messageId ? ` as ${messageId}` : ''}${reason(line)}`,
  'event.attempted': ({ outcome, target, sinceReceivedMs, ...line }) => `${whose(line)}  ${OUTCOMES[outcome ?? ''] ?? outcome} ${target}${outcome === 'delivered' ? ` after ${sinceReceivedMs} ms` : ''}${reason(line)}`,
  'request.refused': ({ reqId, ...line }) => `refused${reason(line)}  (requestId ${reqId})`,
  'request.failed': ({ reqId, ...line }) => `failed${reason(line)}  (requestId ${reqId})`,
}

const STATUSES: Line = { queued: 'accepted', duplicate: 'was sent before', rejected: 'rejected' }
const OUTCOMES: Line = { delivered: 'delivered to', dead: 'given up for', retry: 'is tried again later for', snooze: 'waits for' }

/** Takes the service's log, and tells each line that matters to a person in words. */
export function tellStories(tell: (line: string) => void): Writable {
  return new Writable({
    write(chunk, _encoding, done) {
      for (const text of String(chunk).split('\n').filter(Boolean)) {
        const said = spoken(JSON.parse(text))
        if (said !== undefined) tell(said)
      }
      done()
    },
  })
}

function spoken({ time, level, msg = '', ...line }: Line): string | undefined {
  const story = STORIES[msg]
  const at = new Date(Number(time)).toTimeString().slice(0, 8)
  if (story) return `${at}  ${story(line)}`
  return Number(level) >= WARN ? `${at}  ${msg}: ${Object.entries(line).map(([name, value]) => `${name} ${JSON.stringify(value)}`).join(', ')}` : undefined
}

/** Without an email, a person is a hash. */
function whose({ event, person }: Line): string {
  if (person === undefined) return String(event)
  return `${event}  ${String(person).includes('@') ? person : `person ${person} (no email)`}`
}

/** A cause may be a stack. */
function reason({ code, detail, cause }: Line): string {
  const [why = ''] = String(cause ?? '').split('\n')
  return [...new Set([code, detail, why])].filter((part) => part !== undefined && part !== '').map((part) => `: ${part}`).join('')
}
