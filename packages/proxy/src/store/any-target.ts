import { TARGETS } from '../outbox/event.ts'

/** For `target in (…)`: naming every target lets the index on (account, target, due_at) answer; one for the account alone would cost each insert. */
export const ANY_TARGET = TARGETS.map((target) => `'${target}'`).join(', ')
