import { write, writeSync } from 'node:fs'

/** Lines are written once so many bytes wait, or after this time. A process that is killed loses as much. */
const ENOUGH_BYTES = 8_192
const WRITE_WITHIN_MS = 500
/** Where nobody reads, so much is kept; lines beyond it are dropped. */
const MOST_BYTES = 1_048_576

/**
 * Log lines on a file descriptor, written together. What cannot be written, because the disk is full or the reader is gone, is dropped: no log
 * is worth the service, and none keeps the process from ending.
 *
 * @param fd  where writing fails rather than waits for a reader, as `process.stdout.fd` does: asking for it makes it so
 */
export function logOutput(fd: number): { write(line: string): void } {
  let lines: string[] = []
  let bytes = 0
  /** What of an earlier write was not taken. */
  let rest: Uint8Array = new Uint8Array()
  let isWriting = false
  let timer: NodeJS.Timeout | undefined

  function takeAll(): Uint8Array {
    const all = Buffer.concat([rest, Buffer.from(lines.join(''))])
    lines = []
    bytes = 0
    rest = new Uint8Array()
    return all
  }

  function writeAll(): void {
    clearTimeout(timer)
    timer = undefined
    if (isWriting) return
    const all = takeAll()
    if (all.length === 0) return
    isWriting = true
    write(fd, all, (error, written) => {
      isWriting = false
      // The reader stands still: it may go on. Whatever else fails, fails for these lines.
      if (error?.code === 'EAGAIN') rest = all
      else if (!error) rest = all.subarray(written)
      if (!error && (rest.length > 0 || bytes >= ENOUGH_BYTES)) writeAll()
      else if (rest.length > 0 || bytes > 0) writeLater()
    })
  }

  function writeLater(): void {
    timer ??= setTimeout(writeAll, WRITE_WITHIN_MS).unref()
  }

  process.once('exit', () => {
    try {
      for (let left = takeAll(); left.length > 0; ) left = left.subarray(writeSync(fd, left))
    } catch {
      // Nobody can be told.
    }
  })

  return {
    write(line) {
      if (rest.length + bytes >= MOST_BYTES) return
      lines.push(line)
      bytes += Buffer.byteLength(line)
      if (bytes >= ENOUGH_BYTES && !isWriting) writeAll()
      else writeLater()
    },
  }
}
