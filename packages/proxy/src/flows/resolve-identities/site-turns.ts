interface Site {
  running: number
  waiting: (() => void)[]
}

export type TakeTurn = <Result>(site: string, task: () => Promise<Result>) => Promise<Result>

/**
 * Lets `atOnce` tasks run at a time, `ofOneSite` of them for one site; the others wait for their turn. The sites that wait take turns:
 * however many tasks of one are waiting, the next task of another is not behind them.
 */
export function createSiteTurns({ atOnce, ofOneSite }: { atOnce: number; ofOneSite: number }): TakeTurn {
  const sites = new Map<string, Site>()
  /** Those that wait and may have one more turn, in the order in which they get it. */
  const next = new Map<string, Site>()
  let running = 0

  function lineUp(name: string, site: Site): void {
    if (site.waiting.length > 0 && site.running < ofOneSite) next.set(name, site)
  }

  /** Whoever lines up again meanwhile is behind the others, and comes up again while there are turns. */
  function handOut(): void {
    for (const [name, site] of next) {
      if (running >= atOnce) return
      next.delete(name)
      running += 1
      site.running += 1
      site.waiting.shift()?.()
      lineUp(name, site)
    }
  }

  function giveBack(name: string, site: Site): void {
    running -= 1
    site.running -= 1
    if (site.running === 0 && site.waiting.length === 0) sites.delete(name)
    lineUp(name, site)
    handOut()
  }

  return async (name, task) => {
    const site = sites.get(name) ?? { running: 0, waiting: [] }
    sites.set(name, site)
    await new Promise<void>((resolve) => {
      site.waiting.push(resolve)
      lineUp(name, site)
      handOut()
    })
    try {
      return await task()
    } finally {
      giveBack(name, site)
    }
  }
}
