import { expect } from 'vitest'
import { personOf } from './make-token.ts'
import type { Endpoint } from './open-endpoint.ts'

/** One delivered event as a test speaks of it. */
export interface Delivered {
  event: string
  /** Whose token it came with. */
  person?: string
  properties?: Record<string, unknown>
}

export interface Expectation {
  action?: () => Promise<unknown> | unknown
  /** What must have been accepted when all is done, each exactly once, in any order. */
  expected: Delivered[]
  /** What must not have been: matched against everything the endpoint ever received, refused requests included. */
  refuted?: Delivered[]
}

/** Acts, waits until all that is expected was accepted, then states what must not have been sent. */
export async function expectDelivered(endpoint: Endpoint, { action, expected, refuted = [] }: Expectation): Promise<void> {
  await action?.()
  await expect.poll(() => accepted(endpoint).map(({ event }) => event).sort(), { timeout: 15_000, interval: 10 })
    .toEqual(expect.arrayContaining(expected.map(({ event }) => event)))
  for (const delivered of expected) {
    const times = accepted(endpoint).filter((message) => matches(message, delivered)).length
    expect(times, `${JSON.stringify(delivered)} in ${JSON.stringify(accepted(endpoint))}`).toBe(1)
  }
  for (const delivered of refuted) {
    expect(sent(endpoint).filter((message) => matches(message, delivered)), 'must not have been sent').toEqual([])
  }
}

function accepted(endpoint: Endpoint): Delivered[] {
  return endpoint.messages().map(summary)
}

function sent(endpoint: Endpoint): Delivered[] {
  return endpoint.requests.flatMap(({ body, authorization }) =>
    (body?.batch ?? []).map((message) => summary({ ...message, authorization })),
  )
}

type Sent = Omit<Delivered, 'person'> & { authorization: string | undefined }

function summary({ event, properties, authorization }: Sent): Delivered {
  const person = personOf(authorization)
  return { event, ...(person && { person }), ...(properties && { properties }) }
}

function matches(message: Delivered, wanted: Delivered): boolean {
  return (
    message.event === wanted.event &&
    (wanted.person === undefined || message.person === wanted.person) &&
    (wanted.properties === undefined || JSON.stringify(message.properties) === JSON.stringify(wanted.properties))
  )
}
