export interface Audit {
  received: number
  duplicate: number
  rejected: number
  queued: number
  needsIdentity: number
  delivered: number
  dead: number
}

const STATES = ['received', 'duplicate', 'rejected', 'queued', 'needsIdentity', 'delivered', 'dead'] as const

/** The loss accounting of a running proxy, all its sites together, as its metrics tell it. NaN where they tell nothing. */
export async function readAudit(proxyUrl: string): Promise<Audit> {
  const metrics = await (await fetch(`${proxyUrl}/metrics`)).text()
  const counts = STATES.map((state) => [state, sumOf(metrics, state)])
  // Its members are those of STATES.
  return Object.fromEntries(counts) as Audit
}

function sumOf(metrics: string, state: string): number {
  const bySite = [...metrics.matchAll(new RegExp(`^trackline_promises\\{site="[^"]*",state="${state}"\\} (\\d+)$`, 'gm'))]
  return bySite.length ? bySite.reduce((sum, [, count]) => sum + Number(count), 0) : NaN
}
