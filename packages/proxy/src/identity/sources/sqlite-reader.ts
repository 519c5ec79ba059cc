import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SourceUnavailable } from '../email-source.ts'
import type { Reader } from './sql-lookup.ts'

/** TypeScript here, JavaScript in the published package: as this file is. */
const PROGRAM = fileURLToPath(new URL(`./sqlite-reader-process${extname(import.meta.url)}`, import.meta.url))

type Rows = Record<string, unknown>[]

interface Answer {
  question: number
  rows?: Rows
  error?: string
}

interface Waiting {
  resolve: (rows: Rows) => void
  reject: (error: SourceUnavailable) => void
}

/**
 * Reads an SQLite file in a process of its own. Nothing interrupts a statement of SQLite that runs, not even the end of its thread: a
 * query that takes too long is ended with its process.
 */
export function sqliteReader(path: string, query: string): Reader {
  const waiting = new Map<number, Waiting>()
  let questions = 0
  let reader: ChildProcess | undefined

  function start(): ChildProcess {
    const child = fork(PROGRAM, [path, query], { execArgv: [], env: {}, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
    child.on('message', ({ question, rows, error }: Answer) => {
      const asked = waiting.get(question)
      waiting.delete(question)
      if (rows) asked?.resolve(rows)
      else asked?.reject(new SourceUnavailable(`sqlLookup: ${error}`))
    })
    child.on('error', () => lose(child, 'its process cannot be started'))
    child.on('exit', () => lose(child, 'its process has ended'))
    return child
  }

  function lose(child: ChildProcess, says: string): void {
    if (reader !== child) return
    reader = undefined
    for (const { reject } of waiting.values()) reject(new SourceUnavailable(`sqlLookup: ${says}`))
    waiting.clear()
  }

  function read(parameters: (string | null)[], signal: AbortSignal): Promise<Rows> {
    reader ??= start()
    const asked = reader
    const question = (questions += 1)
    const giveUp = () => {
      if (!waiting.has(question)) return
      asked.kill('SIGKILL')
      lose(asked, 'the query took too long')
    }
    signal.addEventListener('abort', giveUp, { once: true })
    return new Promise<Rows>((resolve, reject) => {
      waiting.set(question, { resolve, reject })
      asked.send({ question, parameters })
    }).finally(() => signal.removeEventListener('abort', giveUp))
  }

  return { read, close: async () => void reader?.kill('SIGKILL') }
}
