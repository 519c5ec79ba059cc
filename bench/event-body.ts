let idsMade = 1_000_000

/** As the snippet makes them: they begin with the moment, so that an index takes them at its end. */
const newId = () => `${Date.now()}${idsMade++}${Math.random()}`

/** A request's body with so many events, each with a messageId of its own. With `isMarked` an event's page is its messageId: what reaches the upstream then says which event it was. */
export function eventBody(events: number, isMarked = false): { body: string; messageIds: string[] } {
  const messageIds = Array.from({ length: events }, newId)
  const now = new Date().toISOString()
  const batch = messageIds.map((messageId) => ({
    type: 'track',
    event: 'login',
    messageId,
    timestamp: now,
    properties: { method: 'sso', page: isMarked ? messageId : '/account/settings' },
    context: { library: { name: 'bench', version: '1.0.0' } },
  }))
  return { body: JSON.stringify({ batch, sentAt: now }), messageIds }
}
