import type { MessageResult } from '@trackline/shared'
import { meaningOf } from '../../outcome.ts'
import type { EventStatus } from './wait-for-event.ts'

/** What became of the event: for a program, and in words. */
export interface TrackOutcome extends MessageResult, Partial<EventStatus> {
  isDone: boolean
  says: string
}

const STATES: Readonly<Record<EventStatus['state'], string>> = {
  delivered: 'HubSpot has it',
  dead: 'it was given up',
  due: 'it waits for delivery',
  needs_identity: 'it waits for an email of this person',
}

/** @param waited  absent where nobody waited for it */
export function outcomeOf(event: string, sent: MessageResult, waited: EventStatus | undefined): TrackOutcome {
  const { messageId, status, error } = sent
  if (status === 'rejected') return { ...sent, isDone: false, says: `${event} was rejected: ${error?.code}: ${error?.message}` }
  const stored = status === 'duplicate' ? `${event} was sent before, as ${messageId}` : `${event} is stored, as ${messageId}`
  if (!waited) return { ...sent, isDone: true, says: `${stored}; "trackline explain ${messageId}" says what became of it` }
  const { state, deliveries } = waited
  return { ...sent, state, deliveries, isDone: state === 'delivered', says: [`${stored}: ${STATES[state]}`, ...deliveries.map(lineOf)].join('\n') }
}

function lineOf({ target, state, attempts, code, detail }: EventStatus['deliveries'][number]): string {
  const why = code === undefined || state === 'delivered' ? '' : `: ${code}: ${meaningOf(code, detail)}`
  return `  ${target}: ${state}, ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}${why}`
}
