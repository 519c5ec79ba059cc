/** Lets `atOnce` tasks run at a time; the others wait for their turn, first come, first served. */
export function createTurns(atOnce: number): <Result>(task: () => Promise<Result>) => Promise<Result> {
  const waiting: (() => void)[] = []
  let running = 0

  return async (task) => {
    if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve))
    else running += 1
    try {
      return await task()
    } finally {
      // The turn is handed on: whoever comes between must not take it.
      const next = waiting.shift()
      if (next) next()
      else running -= 1
    }
  }
}
