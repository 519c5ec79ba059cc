import type { Command } from 'commander'
import { addDiscard, addRetry } from './change.ts'
import { addCopy } from './copy.ts'
import { addList } from './list.ts'
import { addVacuum } from './vacuum.ts'

export function addOutbox(program: Command): void {
  const outbox = program.command('outbox').description('look after what is stored: dead letters, waiting events, disk space')
  for (const add of [addList, addRetry, addDiscard, addVacuum, addCopy]) add(outbox)
}
