import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'

const running = new Set<ChildProcess>()
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')))
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

/** Ends with the benchmark, however that ends. */
export function endsWithUs(child: ChildProcess): void {
  running.add(child)
  child.once('exit', () => running.delete(child))
}

/** Starts a file of this folder in a process of its own. Its log goes nowhere, as it would to a file: what a terminal costs is not measured. */
export function start(file: string, args: (string | number)[] = [], env: Record<string, string> = {}, execArgv: readonly string[] = []): ChildProcess {
  const child = fork(new URL(file, import.meta.url), args.map(String), { execArgv: [...execArgv], stdio: ['ignore', 'ignore', 'inherit', 'ipc'], env: { ...process.env, ...env } })
  endsWithUs(child)
  return child
}

export function stop(child: ChildProcess): Promise<void> {
  return end(child, 'SIGTERM')
}

export async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const exited = once(child, 'exit')
  child.kill(signal)
  await exited
}

export async function ask<Answer>(child: ChildProcess, what: string): Promise<Answer> {
  child.send(what)
  return nextMessage<Answer>(child)
}

/** CPU time that a server has used, all its threads, in microseconds. */
export async function cpuOf(server: ChildProcess): Promise<number> {
  const { user, system } = await ask<NodeJS.CpuUsage>(server, 'cpu')
  return user + system
}

/** What it says next; when it ends instead, so does the benchmark. Its channel closes when all that it said has come, its exit may be told before. */
export async function nextMessage<Message>(child: ChildProcess): Promise<Message> {
  const { promise, resolve, reject } = Promise.withResolvers<Message>()
  const ended = () => reject(new Error(`${child.spawnargs.slice(1, 3).join(' ')} ended with ${child.exitCode ?? child.signalCode ?? 'nothing said'}`))
  if (!child.connected) ended()
  child.once('disconnect', ended)
  child.once('message', (message: Message) => resolve(message))
  return promise.finally(() => child.off('disconnect', ended))
}
