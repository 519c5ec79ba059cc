/** One thing that a process did to a file; see record-disk.c. */
export interface DiskRecord {
  /** Created, wrote, truncated, flushed, failed to flush, unlinked. */
  operation: 'c' | 'w' | 't' | 'f' | 'x' | 'u'
  /** The file's name; `.` is the folder. */
  name: string
  offset: number
  /** What was written. */
  bytes: Buffer
}

const NAME_ENDS_AT = 40
const HEADER_BYTES = 56

/** Reads a log as record-disk.c writes it. A last record that is not whole was cut off with its process: it is left out. */
export function readRecords(log: Buffer): DiskRecord[] {
  const records: DiskRecord[] = []
  for (let at = 0; at + HEADER_BYTES <= log.length;) {
    // record-disk.c writes no other.
    const operation = String.fromCharCode(log[at] ?? 0) as DiskRecord['operation']
    const name = log.toString('latin1', at + 1, at + NAME_ENDS_AT).replace(/\0.*$/s, '')
    const offset = Number(log.readBigUInt64LE(at + NAME_ENDS_AT))
    const length = operation === 'w' ? Number(log.readBigUInt64LE(at + NAME_ENDS_AT + 8)) : 0
    const end = at + HEADER_BYTES + length
    if (end > log.length) break
    records.push({ operation, name, offset, bytes: log.subarray(at + HEADER_BYTES, end) })
    at = end
  }
  return records
}
