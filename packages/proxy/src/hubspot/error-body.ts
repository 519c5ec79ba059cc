/** What is worth knowing of HubSpot's error body. Every field may be missing: its own documentation says so. */
export interface ErrorBody {
  message?: string
  category?: string
  status?: string
  error?: string
  policyName?: string
}

const FIELDS = ['message', 'category', 'status', 'error', 'policyName'] as const

/** @see https://developers.hubspot.com/docs/api-reference/error-handling */
export function readErrorBody(body: unknown): ErrorBody {
  if (typeof body !== 'object' || body === null) return {}
  const read: ErrorBody = {}
  for (const field of FIELDS) {
    const value: unknown = Reflect.get(body, field)
    if (typeof value === 'string') read[field] = value
  }
  return read
}
