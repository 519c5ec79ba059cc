import { existsSync } from 'node:fs'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Answers } from './answers.ts'
import { configSource } from './config-source.ts'
import { envSource } from './env-source.ts'
import { newEventsSource } from './new-events.ts'

/** Readable by their owner alone: it holds secrets. */
const SECRET_MODE = 0o600
const CONFIG = 'trackline.config.ts'
const EVENTS = 'events.ts'
const ENV = '.env'

export interface WrittenFiles {
  /** Their paths. */
  written: string[]
  /** Files that were there, and stay as they are. */
  kept: string[]
  /** Variables that were added to `.env`. */
  variables: string[]
  /** What a person should know. */
  warnings: string[]
}

/** @param mayReplace  asked about each source file that is there already; `.env` is never replaced, only what it lacks is added */
export async function writeFiles(folder: string, answers: Answers, mayReplace: (path: string) => Promise<boolean>): Promise<WrittenFiles> {
  await mkdir(folder, { recursive: true })
  const files: WrittenFiles = { written: [], kept: [], variables: [], warnings: [] }
  for (const [name, source] of [[CONFIG, configSource(answers)], [EVENTS, newEventsSource(answers.events)]] as const) {
    const path = join(folder, name)
    const isFree = !existsSync(path) || (await mayReplace(path))
    if (isFree) await writeFile(path, source)
    files[isFree ? 'written' : 'kept'].push(path)
  }
  await addToEnv(join(folder, ENV), answers, files)
  return files
}

async function addToEnv(path: string, answers: Answers, files: WrittenFiles): Promise<void> {
  const isThere = existsSync(path)
  const { text, added } = envSource(answers, isThere ? await readFile(path, 'utf8') : '')
  files.variables.push(...added)
  if (added.length) await writeFile(path, text, { mode: SECRET_MODE })
  files[added.length ? 'written' : 'kept'].push(path)
  const isOpen = ((await stat(path)).mode & 0o077) !== 0
  if (isOpen) files.warnings.push(`${path} can be read by other users of this machine: run "chmod 600 ${path}"`)
}
