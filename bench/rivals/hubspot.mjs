const { UPSTREAM } = process.env

/** One call to HubSpot's batch endpoint, for whatever is at hand. The messageId is the event's id: HubSpot keeps one event for an id. */
export async function sendToHubSpot(events) {
  const inputs = events.map(({ email, messageId, event, properties }) => ({ eventTemplateId: event, id: messageId, email, tokens: properties }))
  const answer = await fetch(`${UPSTREAM}/crm/v3/timeline/events/batch/create`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer token' },
    body: JSON.stringify({ inputs }),
  })
  if (!answer.ok) throw new Error(`HubSpot answers ${answer.status}`)
  await answer.arrayBuffer()
}
