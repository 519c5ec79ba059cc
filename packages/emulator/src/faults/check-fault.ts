import { RATE_LIMIT_POLICIES, validationError } from '../http/hubspot-error.ts'
import { describe, readFields, readOptionalText, readOptionalWhole, refuseUnknown } from '../http/read-fields.ts'
import type { Fields } from '../http/read-fields.ts'
import type { Fault } from './fault-queue.ts'

const KNOWN_FIELDS = ['next', 'path', 'status', 'retryAfterSeconds', 'policyName', 'drop', 'resetAfterAccept', 'delayMs']
const MAX_NEXT = 1_000_000
const MAX_RETRY_AFTER_SECONDS = 86_400
const MAX_DELAY_MS = 600_000

/** Reads a fault as it is asked for, or 400 naming what is wrong with it. `next` is 1 unless given. */
export function checkFault(value: unknown): Fault {
  const fields = readFields(value, 'a fault')
  refuseUnknown(fields, KNOWN_FIELDS)
  const fault = {
    next: readOptionalWhole(fields, 'next', { min: 1, max: MAX_NEXT }) ?? 1,
    path: readPath(fields),
    status: readOptionalWhole(fields, 'status', { min: 400, max: 599 }),
    retryAfterSeconds: readOptionalWhole(fields, 'retryAfterSeconds', { min: 0, max: MAX_RETRY_AFTER_SECONDS }),
    policyName: readPolicyName(fields),
    drop: readFlag(fields, 'drop'),
    resetAfterAccept: readFlag(fields, 'resetAfterAccept'),
    delayMs: readOptionalWhole(fields, 'delayMs', { min: 0, max: MAX_DELAY_MS }) ?? 0,
  }
  checkTogether(fault)
  return fault
}

function checkTogether({ status, drop, resetAfterAccept, delayMs, retryAfterSeconds, policyName }: Fault) {
  const endings = [status !== undefined, drop, resetAfterAccept].filter(Boolean).length
  if (endings > 1) throw validationError('choose one of "status", "drop" and "resetAfterAccept": a call ends one way')
  if (endings === 0 && delayMs === 0)
    throw validationError('say what goes wrong: "status", "drop", "resetAfterAccept" or "delayMs"')
  if (retryAfterSeconds !== undefined && status === undefined)
    throw validationError('"retryAfterSeconds" needs a "status" to go with')
  if (policyName !== undefined && status !== 429) throw validationError('"policyName" goes with "status": 429 only')
}

function readPath(fields: Fields): string | undefined {
  const path = readOptionalText(fields, 'path', 'a fault')
  if (path === '') throw validationError('"path" must not be empty: leave it out to mean calls that write events')
  return path
}

function readPolicyName(fields: Fields): string | undefined {
  const policyName = readOptionalText(fields, 'policyName', 'a fault')
  if (policyName === undefined || RATE_LIMIT_POLICIES.includes(policyName)) return policyName
  throw validationError(`"policyName" must be one of ${RATE_LIMIT_POLICIES.join(', ')}, not "${policyName}"`)
}

function readFlag(fields: Fields, name: 'drop' | 'resetAfterAccept'): boolean {
  const value = fields[name] ?? false
  if (typeof value === 'boolean') return value
  throw validationError(`"${name}" must be true or false, not ${describe(value)}`)
}
