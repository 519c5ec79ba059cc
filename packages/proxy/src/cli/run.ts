import { CommanderError } from 'commander'
import type { Command } from 'commander'
import { failureOf } from './failure.ts'
import { createProgram } from './program.ts'

/** Exit codes: 0 done, 1 failed, 2 wrong usage. */
const FAILED = 1
const WRONG_USAGE = 2

const program = createProgram()
for (const command of allCommands(program)) command.exitOverride()

// Whoever has read enough, as `head` does, is told no more; the command does its work all the same.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

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
  process.stderr.write(`trackline: ${failureOf(error)}\n`)
  return isWrongUsage(error) ? WRONG_USAGE : FAILED
}

/** A TypeError that names an option or an argument is the caller's; all others are mistakes in the configuration, or ours. */
function isWrongUsage(error: unknown): boolean {
  return error instanceof TypeError && /^(?:--|<)/.test(error.message)
}
