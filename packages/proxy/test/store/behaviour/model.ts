import type fc from 'fast-check'
import { expect } from 'vitest'
import type { Row, RowState } from '../../../src/outbox/event.ts'
import type { Lease, Store } from '../../../src/outbox/store.ts'

export const PEOPLE = ['ada', 'grace', 'alan'] as const
/** Whose email no session tells. */
export const UNKNOWN_PERSON = 'alan'

/** What must be true of a row; kept in memory, moved by the rules of the contract alone. */
export interface Promised {
  state: RowState
  dueAt: number
  receivedAt: number
  /** When a person asked for it once more; 0: never. */
  retriedAt: number
  settledAt: number
  attempts: number
  /** The epoch of whoever has claimed it and not settled it. */
  claimedIn: number | undefined
  /** How often it was claimed and not settled. */
  abandoned: number
}

export interface Model {
  now: number
  epoch: number
  leasedUntil: number
  pausedUntil: number
  hasReopened: boolean
  rows: Map<string, Promised>
}

/** A node believes to hold a lease, and holds rows, until it learns better; a crash forgets both. */
export interface Node {
  lease: Lease | undefined
  rows: Row[]
}

export interface Real {
  account: number
  store: Store
  nodes: Record<string, Node>
  /** Closes the store, and opens what it has left. */
  reopen(): Promise<Store>
}

export type Command = fc.AsyncCommand<Model, Real>

/** Commands that were run, by their first word; to be printed. */
export const commandsRun = new Map<string, number>()

export function command(name: string, says: string, run: Command['run'], check: Command['check'] = () => true): Command {
  return {
    check,
    run(model, real) {
      commandsRun.set(name, (commandsRun.get(name) ?? 0) + 1)
      return run(model, real)
    },
    toString: () => says,
  }
}

/** Each row is what the model says of it. */
export async function agreeOnAll(model: Model, { store }: Real): Promise<void> {
  for (const [key, { state, attempts }] of model.rows) {
    const [subject = '', messageId = ''] = key.split(' ')
    const found = await store.findEvent({ account: 0, site: 'main', messageId, subject })
    expect(found, key).toMatchObject([{ state, attempts }])
  }
}
