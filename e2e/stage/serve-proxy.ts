import { STAGE_CONFIG, TRACKLINE } from './run-trackline.ts'
import { startProcess } from './start-process.ts'
import type { StartedProcess } from './start-process.ts'

/** Starts `trackline serve` with the stage's configuration. Its address is `TRACKLINE_PUBLIC_URL` of the environment. */
export function serveProxy(env: Record<string, string>, logLevel = 'warn', role = 'all'): Promise<StartedProcess> {
  const { port } = new URL(env.TRACKLINE_PUBLIC_URL ?? '')
  const args = [TRACKLINE, 'serve', '--config', STAGE_CONFIG, '--port', port, '--log-level', logLevel, '--role', role]
  return startProcess({ args, env, readyWhen: /trackline listens on (\S+)/ })
}
