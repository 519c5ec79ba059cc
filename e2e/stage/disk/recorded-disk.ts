import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { seedRandom } from '../seed-random.ts'
import { afterPowerCut } from './after-power-cut.ts'
import type { FateOf, Files } from './after-power-cut.ts'
import { readRecords } from './read-record.ts'
import type { DiskRecord } from './read-record.ts'

const SOURCE = fileURLToPath(new URL('record-disk.c', import.meta.url))
/** As a slow disk: a cut meets writes that have not been flushed more often. */
const FLUSH_US = 2_000
const SECTOR_BYTES = 512
const OWNER_ONLY = 0o600

export interface RecordedDisk {
  /** For every process that uses the folder. */
  env: Record<string, string>
  storeFile: string
  /** Once its processes are killed: puts into the folder what a power cut would have left of it. Gives the writes that were not flushed. */
  cutPower(random: ReturnType<typeof seedRandom>): number
  /** From now on, writes or flushes fail, until it is mended. */
  fail(operation: 'writes' | 'flushes', error: 'ENOSPC' | 'EIO' | 'EROFS'): void
  mend(): void
  remove(): void
}

/** Says why there can be no recorded disk here; undefined: there can. */
export function whyNoRecordedDisk(): string | undefined {
  if (process.platform !== 'linux') return 'it needs Linux'
  return spawnSync('cc', ['--version']).status === 0 ? undefined : 'it needs a C compiler, "cc"'
}

/** A folder that behaves like a disk: what is not flushed is lost when the power is cut, and it fails on command. */
export function openRecordedDisk(): RecordedDisk {
  const root = mkdtempSync(join(tmpdir(), 'trackline-disk-'))
  const [folder, log, fault, library] = ['disk', 'log', 'fault', 'record-disk.so'].map((name) => join(root, name)) as [string, string, string, string]
  const { status, stderr } = spawnSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, SOURCE, '-ldl', '-lpthread'], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`record-disk.c was not compiled: ${stderr}`)
  mkdirSync(folder)
  let files: Files = new Map()

  function cutPower(random: ReturnType<typeof seedRandom>): number {
    const records = readRecords(readFileSync(log))
    const { fateOf, areEntriesKept, unflushed } = drawFate(random)
    files = afterPowerCut(files, records, { fateOf, areEntriesKept })
    for (const name of readdirSync(folder)) rmSync(join(folder, name))
    for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes, { mode: OWNER_ONLY })
    truncateSync(log)
    return unflushed()
  }

  return {
    env: { LD_PRELOAD: library, DISK_FOLDER: folder, DISK_LOG: log, DISK_FAULT: fault, DISK_FLUSH_US: String(FLUSH_US) },
    storeFile: join(folder, 'trackline.db'),
    cutPower,
    fail: (operation, error) => writeFileSync(fault, `${operation[0]}${constants.errno[error]}`),
    mend: () => rmSync(fault),
    remove: () => rmSync(root, { recursive: true }),
  }
}

/** Of every second cut, nothing is left that was not flushed; of the others, some writes, whole or torn, whichever came first. */
function drawFate(random: ReturnType<typeof seedRandom>) {
  const isNothingKept = random.isOnce(0.5)
  const lost = new Set<DiskRecord>()
  const fateOf: FateOf = (write) => {
    lost.add(write)
    if (isNothingKept || random.isOnce(0.5)) return 0
    return random.isOnce(0.5) ? Infinity : random.between(0, Math.ceil(write.bytes.length / SECTOR_BYTES)) * SECTOR_BYTES
  }
  return { fateOf, areEntriesKept: !isNothingKept && random.isOnce(0.5), unflushed: () => lost.size }
}
