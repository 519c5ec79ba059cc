import type { TargetName } from '../../outbox/event.ts'
import type { EventRow, RowValues } from './event-row.ts'

/** The rows of calls on their way to another thread: all their texts in one, and the numbers that say how it is cut. It takes half of what JSON would, or less. */
export interface PackedRows {
  text: string
  /** Each list begins with its length. A text is its length; {@link NULL} and {@link NUMBER} stand for the other values. */
  numbers: Float64Array
}

const NULL = -1
/** The number itself follows. */
const NUMBER = -2

/** @param calls  the rows of each call */
export function packRows(calls: readonly (readonly EventRow[])[]): PackedRows {
  const texts: string[] = []
  const numbers = new Float64Array(mostNumbers(calls))
  let next = 0
  numbers[next++] = calls.length
  for (const rows of calls) {
    numbers[next++] = rows.length
    for (const [values, targets] of rows) {
      numbers[next++] = values.length
      for (const value of values) {
        if (typeof value === 'string') {
          numbers[next++] = value.length
          texts.push(value)
        } else if (value === null) {
          numbers[next++] = NULL
        } else {
          numbers[next++] = NUMBER
          numbers[next++] = value
        }
      }
      numbers[next++] = targets.length
      for (const target of targets) {
        numbers[next++] = target.length
        texts.push(target)
      }
    }
  }
  return { text: texts.join(''), numbers: numbers.slice(0, next) }
}

function mostNumbers(calls: readonly (readonly EventRow[])[]): number {
  let most = 1
  for (const rows of calls) {
    most += 1
    for (const [values, targets] of rows) most += 2 + 2 * values.length + targets.length
  }
  return most
}

/** What was packed, and how far it has been read. */
interface Reading extends PackedRows {
  next: number
  from: number
}

/** What was packed. The functions that it calls are the same each time, not made anew with what they read: V8 calls those several times as fast. */
export function unpackRows({ text, numbers }: PackedRows): EventRow[][] {
  const reading: Reading = { text, numbers, next: 0, from: 0 }
  const calls: EventRow[][] = []
  for (let callsLeft = readNumber(reading); callsLeft > 0; callsLeft--) {
    const rows: EventRow[] = []
    for (let left = readNumber(reading); left > 0; left--) rows.push(readPackedRow(reading))
    calls.push(rows)
  }
  return calls
}

function readPackedRow(reading: Reading): EventRow {
  const values: (string | number | null)[] = []
  for (let left = readNumber(reading); left > 0; left--) values.push(readValue(reading))
  const targets: string[] = []
  for (let left = readNumber(reading); left > 0; left--) targets.push(readText(reading, readNumber(reading)))
  return [values as RowValues, targets as TargetName[]] // Packed from the same.
}

function readValue(reading: Reading): string | number | null {
  const length = readNumber(reading)
  if (length >= 0) return readText(reading, length)
  return length === NUMBER ? readNumber(reading) : null
}

function readText(reading: Reading, length: number): string {
  const start = reading.from
  reading.from += length
  return reading.text.slice(start, reading.from)
}

function readNumber(reading: Reading): number {
  return reading.numbers[reading.next++] as number // As many were packed.
}
