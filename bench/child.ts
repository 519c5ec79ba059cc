import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'

/** Starts a file of this folder in a process of its own. Its log goes nowhere, as it would to a file: what a terminal costs is not measured. */
export function start(file: string, args: (string | number)[] = []): ChildProcess {
  return fork(new URL(file, import.meta.url), args.map(String), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
}

export async function stop(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit')
  child.kill()
  await exited
}

export async function ask<Answer>(child: ChildProcess, what: string): Promise<Answer> {
  child.send(what)
  return nextMessage<Answer>(child)
}

export async function nextMessage<Message>(child: ChildProcess): Promise<Message> {
  const [message] = await once(child, 'message')
  return message
}
