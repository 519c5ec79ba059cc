import type { Config, Site } from './config.ts'
import { createEventLog } from './event-log.ts'
import { startDelivery } from './flows/deliver-events/deliver-events.ts'
import type { Delivery } from './flows/deliver-events/deliver-events.ts'
import { startIdentityResolution } from './flows/resolve-identities/resolve-identities.ts'
import type { IdentityResolution } from './flows/resolve-identities/resolve-identities.ts'
import type { Metrics } from './http/metrics.ts'
import { timedTargets } from './hubspot/timed-targets.ts'
import { createTurns } from './hubspot/turns.ts'
import { createEmailResolver } from './identity/email-resolver.ts'
import { createPseudonyms } from './identity/pseudonym.ts'
import { logTo, targetsOf } from './parts.ts'
import type { Parts } from './parts.ts'
import { createSealer, generateKey } from './vault/seal.ts'

/** What happens after the 202. */
export interface Background {
  delivery: Delivery
  identity: IdentityResolution
}

/** Starts what happens after the 202. */
export function startBackground(parts: Parts, metrics: Metrics): Background {
  const { config, world, waiters, store, vault } = parts
  const targets = timedTargets(parts.targets, world.now, metrics.observeCall)
  const log = logTo(world)
  const eventLog = createEventLog(world)
  const { requestsPer10Seconds } = config.hubspot
  const common = { ...world, store, log, schedule: config.retry }
  const delivery = startDelivery({
    ...common,
    ...{ targets, accessToken: vault.accessToken, owner: world.newId() },
    // Which targets sites have that are found is not known beforehand.
    ...(config.findSite ? {} : { inUse: targetsOf(config) }),
    onSettled: (rows, outcomes) => rows.forEach((row, index) => {
      const outcome = outcomes[index]
      if (outcome) metrics.countOutcome(row, outcome)
      if (outcome) eventLog?.attempted(row, outcome)
      if (outcome?.kind === 'delivered' || outcome?.kind === 'dead') waiters.tell(row.eventId)
    }),
    createTurns: (handover) => createTurns({ ...world, requestsPer10Seconds }, handover),
  })
  store.onDue?.(delivery.wake)
  const identity = startIdentities(parts, { isMakingRounds: true, wake: delivery.wake })
  return { delivery, identity }
}

/** What a process that does not deliver does after the 202: it alone has the tokens of those whose events it took. */
export function startIngestBackground(parts: Parts): Background {
  const wake = () => undefined
  return { delivery: { wake, stop: async () => undefined }, identity: startIdentities(parts, { isMakingRounds: false, wake }) }
}

function startIdentities(parts: Parts, options: { isMakingRounds: boolean; wake: (account: number) => void }): IdentityResolution {
  const { config, world, sites, store } = parts
  const log = logTo(world)
  const { resolve, close } = createEmailResolver({ ...world, log })
  // Tokens wait in memory for minutes: nobody who reads the memory's pages finds one.
  const sealer = createSealer(generateKey('memory'))
  const sealing = { seal: (token: string) => sealer.seal(token, 'token'), open: (sealed: string) => sealer.open(sealed, 'token') }
  const common = { ...world, ...sealing, ...options, store, log, resolve, schedule: config.retry, canLookUp: canLookUp(config) }
  const identities = startIdentityResolution({ ...common, siteNamed: (name) => sites.named(name), pseudonym: createPseudonyms(config.keys) })
  return { ...identities, stop: () => identities.stop().finally(close) }
}

/** Sites that are found may have look-ups that are not seen before; of one that a server speaks for, a token may tell an email later. */
function canLookUp({ sites, findSite }: Config): boolean {
  const canTell = ({ email, serverKeys }: Site) => serverKeys.length > 0 || email?.some(({ kind }) => kind === 'lookup')
  return findSite !== undefined || Object.values(sites).some(canTell)
}
