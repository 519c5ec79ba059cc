const DEFAULT_TIME_ZONE = 'UTC'

/** Holds what differs between HubSpot accounts. Every account that is asked for exists, with an Enterprise subscription, in UTC. */
export function createAccounts() {
  const withoutEnterprise = new Set<number>()
  const timeZones = new Map<number, string>()

  return {
    isEnterprise: (portalId: number) => !withoutEnterprise.has(portalId),
    setEnterprise(portalId: number, isEnterprise: boolean): void {
      if (isEnterprise) withoutEnterprise.delete(portalId)
      else withoutEnterprise.add(portalId)
    },
    timeZone: (portalId: number) => timeZones.get(portalId) ?? DEFAULT_TIME_ZONE,
    setTimeZone: (portalId: number, timeZone: string) => void timeZones.set(portalId, timeZone),
  }
}
