import type { ChildProcess } from 'node:child_process'
import { SERVICE_FLAGS } from '@trackline/proxy/service-flags'
import { start } from './child.ts'

/** Starts one of the servers that run beside the published packages, with the flags that `trackline serve` gives itself. */
export function startTrackline(server: 'trackline-server' | 'growth-server' | 'drain-server', args: (string | number)[]): ChildProcess {
  return start(`./published/${server}.js`, args, {}, SERVICE_FLAGS)
}
