/** Another in each process that sends. */
const SENDER = String(Math.random())
let idsMade = 1_000_000

/** As the snippet makes them: they begin with the moment, so that an index takes them at its end. */
const newId = () => `${Date.now()}${idsMade++}${SENDER}`

/**
 * A request's body with so many events, each with a messageId of its own. With `isMarked` an event's page is its messageId: what reaches the upstream then says which event it was.
 *
 * Put together as text, since whoever sends shares the machine with the server.
 */
export function eventBody(events: number, isMarked = false): { body: string; messageIds: string[] } {
  const messageIds = Array.from({ length: events }, newId)
  const now = new Date().toISOString()
  const batch = messageIds.map((id) => message(id, now, isMarked ? id : '/account/settings'))
  return { body: `{"batch":[${batch.join(',')}],"sentAt":"${now}"}`, messageIds }
}

/** None of the texts has anything that JSON would escape. */
function message(id: string, timestamp: string, page: string): string {
  const properties = `{"method":"sso","page":"${page}"}`
  return `{"type":"track","event":"login","messageId":"${id}","timestamp":"${timestamp}","properties":${properties},"context":{"library":{"name":"bench","version":"1.0.0"}}}`
}
