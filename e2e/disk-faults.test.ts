import { expect, it, onTestFinished } from 'vitest'
import { openRecordedDisk, whyNoRecordedDisk } from './stage/disk/recorded-disk.ts'
import { openSmallDisk } from './stage/disk/small-disk.ts'
import { openStage } from './stage/open-stage.ts'
import type { Stage } from './stage/open-stage.ts'
import { sendThrough } from './stage/outage.ts'
import type { Trouble } from './stage/outage.ts'
import { readAudit } from './stage/read-audit.ts'
import { seedRandom } from './stage/seed-random.ts'
import { serveProxy } from './stage/serve-proxy.ts'

const FAILURES = [['writes', 'ENOSPC'], ['writes', 'EIO'], ['writes', 'EROFS'], ['flushes', 'EIO']] as const

/** A service on this disk, sent events through its troubles: whatever was accepted must be delivered, once. */
async function survive(storeFile: string, troubles: Trouble[], env: Record<string, string> = {}): Promise<Stage> {
  const stage = await openStage({ env: { ...env, DATABASE_URL: `sqlite:${storeFile}` } })
  onTestFinished(stage.close)
  const { ledger, found: { audit, ...found } } = await sendThrough(stage, troubles)
  process.stdout.write(`disk faults: ${troubles.length}, ${found.accepted} events accepted, ${found.delivered} at HubSpot\n`)
  expect(found).toMatchObject({ delivered: ledger.accepted.size, missing: [], strange: [], twice: [], strangers: 0 })
  expect(audit).toMatchObject({ queued: 0, dead: 0, delivered: ledger.accepted.size })
  return stage
}

it('a disk that is full refuses events until there is room again, and none that was accepted is lost', async ({ skip }) => {
  const disk = openSmallDisk()
  if (typeof disk === 'string') return skip(`a small file system cannot be mounted here: ${disk}`)
  onTestFinished(disk.remove)
  await survive(disk.storeFile, [{ what: 'a full disk', begin: disk.fill, end: disk.clear }])
})

it('a disk that fails to write or to flush refuses events until it is mended; what was accepted outlives a power cut afterwards', async ({ skip }) => {
  const reason = whyNoRecordedDisk()
  if (reason !== undefined) return skip(`a failing disk cannot be had here: ${reason}`)
  const disk = openRecordedDisk()
  onTestFinished(disk.remove)
  const troubles = FAILURES.map(([operation, error]) => {
    return { what: `a disk on which ${operation} fail with ${error}`, begin: () => disk.fail(operation, error), end: disk.mend }
  })
  const stage = await survive(disk.storeFile, troubles, disk.env)
  const before = await readAudit(stage.proxyUrl)
  await stage.proxy.end('SIGKILL')
  disk.cutPower(seedRandom(1))
  stage.proxy = await serveProxy(stage.env)
  expect(await readAudit(stage.proxyUrl)).toMatchObject({ received: before.received, duplicate: before.duplicate })
})
