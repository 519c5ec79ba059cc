import type { DiskRecord } from './read-record.ts'

export type Files = ReadonlyMap<string, Buffer>

/** What becomes of a write that was not flushed: lost, or kept to this many of its bytes. */
export type FateOf = (write: DiskRecord) => number

/** A file apart from its name: as it was at the start, and what was done to it since. */
interface Content {
  before: Buffer
  changes: DiskRecord[]
  /** So many of the changes have been flushed. */
  flushed: number
  /** Changes that a flush has failed on: the system forgets that they are not on disk, so no later flush brings them there. */
  forgotten: Set<DiskRecord>
}

/**
 * What a disk holds after the power was cut: of each file, what was flushed, and of the rest what fate leaves of it, in any
 * combination. A file that was created is there when its folder was flushed afterwards.
 */
export function afterPowerCut(before: Files, records: readonly DiskRecord[], { fateOf, areEntriesKept }: { fateOf: FateOf; areEntriesKept: boolean }): Files {
  const entries = new Map([...before].map(([name, bytes]) => [name, newContent(bytes)]))
  let flushedEntries = new Map(entries)
  for (const record of records) {
    if (record.name === '.') flushedEntries = new Map(entries)
    else apply(entries, record)
  }
  const kept = areEntriesKept ? entries : flushedEntries
  return new Map([...kept].map(([name, content]) => [name, remains(content, fateOf)]))
}

function newContent(before: Buffer): Content {
  return { before, changes: [], flushed: 0, forgotten: new Set() }
}

function apply(entries: Map<string, Content>, record: DiskRecord): void {
  const { operation, name } = record
  if (operation === 'u') return void entries.delete(name)
  if (operation === 'c') return void entries.set(name, newContent(Buffer.alloc(0)))
  const content = entries.get(name)
  // Somebody has the file open that another has removed: nothing of it will be found.
  if (!content) return
  if (operation === 'w' || operation === 't') content.changes.push(record)
  if (operation === 'x') for (const change of content.changes.slice(content.flushed)) content.forgotten.add(change)
  if (operation === 'f') content.flushed = content.changes.length
}

function remains({ before, changes, flushed, forgotten }: Content, fateOf: FateOf): Buffer {
  const disk = Buffer.alloc(Math.max(before.length, ...changes.map(({ offset, bytes }) => offset + bytes.length)))
  let size = before.copy(disk)
  for (const [index, change] of changes.entries()) {
    const isFlushed = index < flushed && !forgotten.has(change)
    const kept = isFlushed ? Infinity : fateOf(change)
    if (kept <= 0) continue
    if (change.operation === 'w') size = Math.max(size, change.offset + change.bytes.copy(disk, change.offset, 0, Math.min(kept, change.bytes.length)))
    else disk.fill(0, size = change.offset)
  }
  return disk.subarray(0, size)
}
