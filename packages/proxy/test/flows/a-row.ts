import type { Row } from '../../src/outbox/event.ts'

export const NOW = Date.UTC(2026, 10, 22, 9)

/** One promise on its first attempt; a test says what is different about its own. */
export function aRow(changes: Partial<Row> = {}): Row {
  return {
    seq: 1,
    account: 62515,
    site: 'main',
    target: 'timeline-v3',
    eventId: 'e1',
    messageId: 'm1',
    name: 'login',
    person: { subject: 'ada', email: 'ada@example.com' },
    properties: {},
    occurredAt: NOW,
    receivedAt: NOW,
    dueAt: NOW,
    attempt: 1,
    abandoned: 0,
    ...changes,
  }
}
