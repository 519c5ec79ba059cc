import type { Command } from 'commander'
import { addTokenInspect } from './inspect.ts'
import { addTokenMint } from './mint.ts'

export function addToken(program: Command): void {
  const token = program.command('token').description('session tokens')
  addTokenMint(token)
  addTokenInspect(token)
}
