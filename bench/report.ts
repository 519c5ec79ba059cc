import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** RESULTS names another folder. */
const FOLDER = process.env.RESULTS ?? fileURLToPath(new URL('./results/', import.meta.url))

interface Report<Results> {
  /** How often each side was measured; the figures are their medians. */
  rounds: number
  results: Results
  /** An SVG. */
  picture: string
}

export function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

/** Writes a benchmark's figures to `bench/results` as JSON, and its picture beside. A figure that was not measured (NaN) is `null` there. */
export function report<Results>(name: string, { rounds, results, picture }: Report<Results>): void {
  mkdirSync(FOLDER, { recursive: true })
  const machine = { node: process.version, platform: process.platform, cpus: navigator.hardwareConcurrency, at: new Date().toISOString() }
  writeFileSync(join(FOLDER, `${name}.json`), `${JSON.stringify({ ...machine, rounds, results }, undefined, 2)}\n`)
  writeFileSync(join(FOLDER, `${name}.svg`), picture)
}
