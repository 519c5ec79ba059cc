import { setTimeout as delay } from 'node:timers/promises'

type Execute = (script: string, ...values: unknown[]) => Promise<unknown>

type Answer = { value?: unknown; error?: string } | null

const POLL_MS = 20
let runs = 0

/**
 * Runs a function in a page whose driver does one thing at a time: a promise that does not settle at once is asked after again and
 * again, so that other tabs get their turns.
 */
export async function evaluateInTurns<Result, Argument>(
  execute: Execute,
  run: (argument: Argument) => Result | Promise<Result>,
  argument?: Argument,
): Promise<Result> {
  const slot = `run${runs++}`
  let answer = (await execute(BEGIN(String(run)), slot, argument)) as Answer
  while (!answer) {
    await delay(POLL_MS)
    answer = (await execute(ASK, slot)) as Answer
  }
  if (answer.error !== undefined) throw new Error(`in the page: ${answer.error}`)
  // What the page's function gave, by way of JSON.
  return answer.value as Result
}

const BEGIN = (run: string) => `
  const [slot, argument, done] = arguments
  const runs = (window.runsOfTest ??= {})
  Promise.resolve(argument).then(${run}).then((value) => ({ value }), (error) => ({ error: String(error) })).then((answer) => done(runs[slot] = answer))
  setTimeout(() => done(null), ${POLL_MS})`

const ASK = `
  const [slot, done] = arguments
  const runs = window.runsOfTest
  done(runs ? runs[slot] ?? null : { error: 'the page was left' })`
