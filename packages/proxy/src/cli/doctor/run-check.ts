import { reasonOf } from '../../errors.ts'
import { wrong } from './finding.ts'
import type { Finding } from './finding.ts'

/** One look at one thing. It changes nothing, and may take its time: whoever waits for it does so for `withinMs`. */
export interface Check {
  /** What is looked at, such as `site main`. */
  about: string
  run: () => Promise<Finding[]>
  /** Default {@link WITHIN_MS}. */
  withinMs?: number
}

export type Found = Finding & { about: string }

const WITHIN_MS = 10_000

/** Runs a check to its end or its time. What it throws is a finding too, so that no check hides another. */
export async function runCheck({ about, run, withinMs = WITHIN_MS }: Check): Promise<Found[]> {
  const late = Promise.withResolvers<Finding[]>()
  const timer = setTimeout(() => late.resolve([wrong(`it took longer than ${withinMs / 1_000} s`, 'see what it waits for: a service that does not answer, or a network that is cut')]), withinMs)
  try {
    const findings = await Promise.race([run(), late.promise])
    return findings.map((finding) => ({ about, ...finding }))
  } catch (error) {
    return [{ about, ...wrong(reasonOf(error)) }]
  } finally {
    clearTimeout(timer)
  }
}
