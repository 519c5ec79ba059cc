import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { driveHubSpot } from './drive-hubspot.ts'
import { findFreePorts } from './free-ports.ts'
import { startProcess } from './start-process.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Runs what `npm start` runs, on three ports of its own, and reads the addresses it prints. */
export async function startProduct() {
  const port = await findFreePorts(3)
  const product = await startProcess({
    args: ['scripts/start.ts'],
    cwd: ROOT,
    env: { TRACKLINE_PORT: String(port) },
    readyWhen: /Demo site\s+(http\S+)[^]*HubSpot emulator\s+(http\S+)[^]*Proxy\s+(http\S+)[^]*stops it/,
  })
  const [, demoUrl = '', emulatorUrl = '', proxyUrl = ''] = product.ready
  return { product, demoUrl, proxyUrl, emulatorUrl, hubspot: driveHubSpot(emulatorUrl) }
}

/** Where a test leaves its screenshots. */
export function screenshotFolder(test: string): string {
  return mkdtempSync(join(tmpdir(), `trackline-${test}-`))
}
