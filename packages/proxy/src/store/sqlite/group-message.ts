import type { Answer, Call } from './commit-calls.ts'
import type { EventRow } from './event-row.ts'
import { packRows, unpackRows } from './packed-rows.ts'
import type { PackedRows } from './packed-rows.ts'

/** A group of calls as it crosses to the thread that owns the file. Events are by far the most of what crosses: those of all calls go together. */
export interface GroupMessage {
  /** The rows of each `enqueue`, in the order of the calls. */
  events: PackedRows
  /** What is called besides, and at which place among the calls. */
  others: [place: number, call: Call][]
}

/** The answers as they cross back: that all events were new, as nearly always, is said in one word. */
export interface AnswersMessage {
  areAllNew: boolean
  /** Of all calls, in their order; without those of `enqueue` where all events were new. */
  answers: Answer[]
}

export function packGroup(calls: readonly Call[]): GroupMessage {
  const events: EventRow[][] = []
  const others: GroupMessage['others'] = []
  calls.forEach(({ method, args }, place) => {
    if (method === 'enqueue') events.push(rowsOf(args))
    else others.push([place, { method, args }])
  })
  return { events: packRows(events), others }
}

export function unpackGroup({ events, others }: GroupMessage): Call[] {
  const calls = unpackRows(events).map((rows): Call => ({ method: 'enqueue', args: [rows] }))
  for (const [place, call] of others) calls.splice(place, 0, call)
  return calls
}

/** @param answers  one for each of the calls */
export function packAnswers(calls: readonly Call[], answers: Answer[]): AnswersMessage {
  const areAllNew = calls.every(({ method }, index) => method !== 'enqueue' || isAllNew(answers[index]))
  return { areAllNew, answers: areAllNew ? answers.filter((_, index) => calls[index]?.method !== 'enqueue') : answers }
}

/** @returns one for each of the calls */
export function unpackAnswers(calls: readonly Call[], { areAllNew, answers }: AnswersMessage): (Answer | undefined)[] {
  if (!areAllNew) return answers
  let next = 0
  return calls.map(({ method, args }) => (method === 'enqueue' ? { result: rowsOf(args).map(() => 'queued') } : answers[next++]))
}

function rowsOf([rows]: unknown[]): EventRow[] {
  return rows as EventRow[] // The only argument of `enqueue`.
}

function isAllNew(answer: Answer | undefined): boolean {
  return answer !== undefined && 'result' in answer && (answer.result as string[]).every((stored) => stored === 'queued') // What `enqueue` returns.
}
