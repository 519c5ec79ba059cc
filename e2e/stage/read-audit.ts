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

/** The loss accounting of a running proxy, as its metrics tell it. */
export async function readAudit(proxyUrl: string): Promise<Audit> {
  const metrics = await (await fetch(`${proxyUrl}/metrics`)).text()
  const counted = (state: string) => new RegExp(`trackline_promises\\{state="${state}"\\} (\\d+)`).exec(metrics)?.[1]
  const counts = STATES.map((state) => [state, Number(counted(state) ?? NaN)])
  // Its members are those of STATES.
  return Object.fromEntries(counts) as Audit
}
