import { connectAccounts, startService } from './service.ts'
import type { ServiceOptions } from './service.ts'

/**
 * Trackline in a process of its own: says where it listens, then how much CPU time it has used, when asked. HubSpot's rate limit is
 * lifted. An account that is not connected keeps what it gets.
 */
export interface TracklineSettings extends ServiceOptions {
  isConnected: boolean
}

const NEVER_REACHED = 1_000_000
const settings: TracklineSettings = JSON.parse(process.argv[2] ?? '')
const { url, parts } = await startService({ hubspot: { requestsPer10Seconds: NEVER_REACHED }, ...settings })
if (settings.isConnected) await connectAccounts(parts, settings.accounts)
process.on('message', () => process.send?.(process.cpuUsage()))
process.on('SIGTERM', () => process.exit())
process.send?.(url)
