/**
 * Flags of Node's that the service runs with. Young objects get up to 2 × 32 MB in each thread; V8 alone would take up to 2 × 64 where there is
 * memory, and use it: 80 MB more under load, for hardly less CPU. [docs/adr/0015, 0017]
 */
export const SERVICE_FLAGS = ['--max-semi-space-size=32'] as const

/**
 * Starts the same command over with the service's flags, in this very process: whoever started it, watches it or sends it signals finds it under
 * the same id. A flag that was given already (also in NODE_OPTIONS) stays as it is.
 *
 * Goes on without them where that cannot be: on Windows, where Node's permissions forbid it, where a parent process talks to this one over a
 * channel and where a debugger does, which would be lost.
 */
export function takeServiceFlags(): void {
  // V8 takes `_` for `-`.
  const given = [...process.execArgv, process.env.NODE_OPTIONS ?? ''].join(' ').replaceAll('_', '-')
  const missing = SERVICE_FLAGS.filter((flag) => !given.includes(flag.slice(0, flag.indexOf('='))))
  const isWatched = process.channel !== undefined || given.includes('--inspect')
  if (missing.length === 0 || isWatched || process.platform === 'win32' || !mayStartPrograms()) return
  // Before 24.10 Node gave no environment to what it was not told to give one.
  process.execve?.(process.execPath, [process.execPath, ...process.execArgv, ...missing, ...process.argv.slice(1)], process.env)
}

/** Only with Node's permissions there is somebody to ask. */
function mayStartPrograms(): boolean {
  return process.permission?.has('child') ?? true
}
