/**
 * Waits for SIGTERM or SIGINT, then stops and ends the process with 0. A second signal ends it at once, with 1.
 */
export async function untilStopped(stop: () => Promise<void>): Promise<void> {
  const { promise: signalled, resolve } = Promise.withResolvers<void>()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve())
  await signalled
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(1))
  await stop()
  process.exit(0)
}
