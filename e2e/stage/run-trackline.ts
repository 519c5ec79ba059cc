import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { baseEnvironment } from './base-environment.ts'

export const TRACKLINE = fileURLToPath(import.meta.resolve('@trackline/proxy/cli'))
export const STAGE_CONFIG = fileURLToPath(new URL('trackline.config.ts', import.meta.url))

export interface CommandResult {
  code: number
  stdout: string
  stderr: string
}

/** Runs one `trackline` command to its end. */
export async function runTrackline(args: readonly string[], env: Record<string, string> = {}): Promise<CommandResult> {
  const options = { env: { ...baseEnvironment(), ...env } }
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [TRACKLINE, ...args], options, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr })
    })
  })
}

/** As `runTrackline`, for a command that must succeed. Gives what it printed. */
export async function mustRunTrackline(args: readonly string[], env: Record<string, string>): Promise<string> {
  const { code, stdout, stderr } = await runTrackline(args, env)
  if (code !== 0) throw new Error(`trackline ${args.join(' ')} ended with ${code}:\n${stdout}${stderr}`)
  return stdout
}
