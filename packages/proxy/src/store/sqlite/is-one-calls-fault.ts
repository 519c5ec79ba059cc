/**
 * SQLITE_ERROR, TOOBIG, CONSTRAINT, MISMATCH, RANGE: they blame a statement or a value. All others (busy, full, read-only, I/O)
 * blame the file, for whoever writes to it.
 * https://www.sqlite.org/rescode.html
 */
const BLAMES_A_VALUE: readonly unknown[] = [1, 18, 19, 20, 25]
/** An extended result code has its primary one in the low byte. */
const PRIMARY_CODE = 0xff

/** Whether the other calls of a group may succeed where this error ended it. What is not of SQLite came from a call's arguments. */
export function isOneCallsFault(error: unknown): boolean {
  if (Reflect.get(Object(error), 'code') !== 'ERR_SQLITE_ERROR') return true
  return BLAMES_A_VALUE.includes(Number(Reflect.get(Object(error), 'errcode')) & PRIMARY_CODE)
}
