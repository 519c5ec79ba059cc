import { CommanderError } from 'commander'
import type { Command } from 'commander'
import { createProgram } from './program.ts'
import { TrackError } from '../errors.ts'

/** Exit codes: 0 done, 1 failed, 2 wrong usage. */
const FAILED = 1
const WRONG_USAGE = 2

const program = createProgram()
for (const command of allCommands(program)) command.exitOverride()

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = report(error)
}

function allCommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(allCommands)]
}

/** Commander has printed its own errors already. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE
  const cause = error instanceof TrackError && error.cause !== undefined ? `: ${String(error.cause)}` : ''
  process.stderr.write(`trackline: ${error instanceof Error ? error.message : String(error)}${cause}\n`)
  return isWrongUsage(error) ? WRONG_USAGE : FAILED
}

/** A TypeError that names an option or an argument is the caller's; all others are mistakes in the configuration, or ours. */
function isWrongUsage(error: unknown): boolean {
  return error instanceof TypeError && /^(?:--|<)/.test(error.message)
}
