import { DEVELOPER_APP, startEmulator } from '@trackline/emulator'

/** HubSpot's emulator with its real limit, in a process of its own: says where it is and what the event's template is called. */
const { url } = await startEmulator()
const answer = await fetch(`${url}/crm/v3/timeline/${DEVELOPER_APP.id}/event-templates?hapikey=${DEVELOPER_APP.developerKey}`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ name: 'Logged in', objectType: 'contacts', tokens: [{ name: 'method', label: 'Method', type: 'string' }, { name: 'page', label: 'Page', type: 'string' }] }),
})
if (!answer.ok) throw new Error(`the template is refused: ${await answer.text()}`)
const { id } = (await answer.json()) as { id: string } // HubSpot's answer to a template it has created.
process.on('disconnect', () => process.exit())
process.send?.({ url, template: id })
