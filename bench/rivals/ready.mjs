/** Tells the benchmark where this server listens, then how much CPU time it has used, when asked. */
export function ready(url) {
  process.on('message', () => process.send(process.cpuUsage()))
  process.on('SIGTERM', () => process.exit())
  process.send(url)
}
