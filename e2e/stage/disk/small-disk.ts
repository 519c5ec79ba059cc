import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const SIZE_MB = 16
const BALLAST = 'ballast'

export interface SmallDisk {
  storeFile: string
  /** Takes whatever is free. */
  fill(): void
  clear(): void
  remove(): void
}

/** A file system in memory, so small that it can be filled. A string: why it could not be mounted. */
export function openSmallDisk(): SmallDisk | string {
  const folder = mkdtempSync(join(tmpdir(), 'trackline-small-disk-'))
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_MB}m`, 'tmpfs', folder], { encoding: 'utf8' })
  if (status !== 0) {
    rmSync(folder, { recursive: true })
    return stderr?.trim() || 'there is no "mount" here'
  }
  const ballast = join(folder, BALLAST)
  return {
    storeFile: join(folder, 'trackline.db'),
    fill() {
      const { bavail, bsize } = statfsSync(folder)
      try {
        writeFileSync(ballast, Buffer.alloc(bavail * bsize))
      } catch (error) {
        // Somebody else has taken some of it meanwhile: it is full all the same.
        if (Reflect.get(Object(error), 'code') !== 'ENOSPC') throw error
      }
    },
    clear: () => rmSync(ballast),
    remove() {
      spawnSync('umount', ['-l', folder])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
