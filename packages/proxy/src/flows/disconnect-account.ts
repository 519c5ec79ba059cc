import type { Grant } from '../vault/sealed-grant.ts'

export interface DisconnectParts {
  /** An access token that is still good, renewed if need be; undefined when there is none to be had. */
  accessToken: (account: number) => Promise<string | undefined>
  uninstallApp: (accessToken: string) => Promise<void>
  revokeToken: (refreshToken: string) => Promise<void>
  removeGrant: (account: number) => Promise<{ wasConnected: boolean; grant?: Grant }>
}

/** What is true after an account was disconnected. */
export interface Disconnected {
  account: number
  /** False: there was nothing to disconnect. */
  wasConnected: boolean
  /** HubSpot has removed the app from the account. */
  isUninstalled: boolean
  /** HubSpot takes the refresh token for nothing. */
  isRevoked: boolean
  /** What HubSpot did not do, in its own words. */
  problems: string[]
}

/**
 * Forgets the connection to a HubSpot account: its events are still accepted, and wait.
 *
 * With `revoke`, HubSpot removes the app from the account first and revokes the refresh token. That it cannot is told and stops nothing:
 * whoever disconnects wants the tokens gone from here in any case.
 */
export async function disconnectAccount(parts: DisconnectParts, account: number, { revoke }: { revoke: boolean }): Promise<Disconnected> {
  const problems: string[] = []
  const isDone = (work: Promise<void>) => work.then(() => true, (error: unknown) => !problems.push(messageOf(error)))

  const accessToken = revoke ? await parts.accessToken(account) : undefined
  const isUninstalled = accessToken !== undefined && (await isDone(parts.uninstallApp(accessToken)))
  const { wasConnected, grant } = await parts.removeGrant(account)
  const isRevoked = revoke && grant !== undefined && (await isDone(parts.revokeToken(grant.refreshToken)))
  if (revoke && wasConnected && accessToken === undefined) problems.push('there was no access token to uninstall the app with: remove it in HubSpot, under "Connected apps"')
  return { account, wasConnected, isUninstalled, isRevoked, problems }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
