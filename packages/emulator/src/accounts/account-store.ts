/** Holds what differs between HubSpot accounts. Every account that is asked for exists, with an Enterprise subscription. */
export function createAccounts() {
  const withoutEnterprise = new Set<number>()

  return {
    isEnterprise: (portalId: number) => !withoutEnterprise.has(portalId),
    setEnterprise(portalId: number, isEnterprise: boolean): void {
      if (isEnterprise) withoutEnterprise.delete(portalId)
      else withoutEnterprise.add(portalId)
    },
  }
}
