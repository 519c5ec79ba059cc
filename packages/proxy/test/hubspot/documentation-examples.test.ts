import { defineEvents, number, text } from '@trackline/shared'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { TargetName } from '../../src/outbox/event.ts'
import { startStack } from '../stage/start-stack.ts'

/** The examples of HubSpot's timeline guides, defined and sent as a user of ours would. */
const events = defineEvents({
  webinar_registration: {
    label: 'Webinar Registration',
    header: 'Registered for [{{webinarName}}](https://mywebinarsystem/webinar/{{webinarId}})',
    detail: 'Registration occurred at {{#formatDate timestamp}}{{/formatDate}}',
    properties: { webinarName: text({ label: 'Webinar Name' }), webinarId: text({ label: 'Webinar Id' }) },
  },
  poll_answered: {
    label: 'Poll answered',
    header: 'Answered a poll',
    detail: 'Answers:\n\n{{#each extraData.responses}}\n  - {{name}}: {{answer}}\n{{/each}}',
  },
  company_named: { label: 'Company named', properties: { companyName: text({ contactProperty: 'company' }), seats: number({ optional: true }) } },
})

/** Lately: what is older than a week is taken for a week old. */
const OCCURRED = Date.now() - 3_600_000
const ADA = 'ada@example.com'

async function openStack(target: TargetName) {
  const stack = await startStack({ config: { events }, site: { targets: [target] } })
  onTestFinished(stack.close)
  return stack
}

/** v1 shows its flat properties under the names that v3 has for tokens. */
const TARGETS: TargetName[] = ['timeline-v1', 'timeline-v3']

describe.each(TARGETS)('%s', (target) => {
  it('shows a webinar registration: two properties, a link of the template, the time', async () => {
    const { track, delivered } = await openStack(target)
    const properties = { webinarName: 'A Test Webinar', webinarId: '001001' }
    expect((await track({ event: 'webinar_registration', properties, timestamp: OCCURRED })).status).toBe(202)
    const [event] = await delivered(ADA, 1)
    expect(event).toMatchObject({ timestamp: new Date(OCCURRED).toISOString(), header: expect.stringContaining('A Test Webinar') })
    expect(Reflect.get(Object(event), 'headerHtml')).toContain('href="https://mywebinarsystem/webinar/001001"')
    expect(event?.detail).toMatch(new RegExp(`^Registration occurred at .*${new Date(OCCURRED).getUTCFullYear()}`))
  })

  it('shows a poll: what is in extraData becomes a list', async () => {
    const { track, delivered } = await openStack(target)
    const responses = [{ name: 'How was it?', answer: 'Great' }, { name: 'Again?', answer: 'Yes' }]
    await track({ event: 'poll_answered', extraData: { responses } })
    const [event] = await delivered(ADA, 1)
    expect(event?.extraData).toEqual({ responses })
    const html = String(Reflect.get(Object(event), 'detailHtml'))
    expect(html.match(/<li>/g)).toHaveLength(2)
    expect(html).toMatch(/How was it\?: Great.*Again\?: Yes/s)
  })

  it('sets the contact property that a property names: companyName on company', async () => {
    const { track, delivered, emulated } = await openStack(target)
    await track({ event: 'company_named', properties: { companyName: 'Analytical Engines' } })
    await delivered(ADA, 1)
    const contact = await emulated<{ properties: Record<string, string> }>(`/_emulator/contacts/${ADA}`)
    expect(contact.properties).toMatchObject({ company: 'Analytical Engines' })
  })

  it('takes a time in milliseconds since 1970, as a number and as digits in text would mean in ISO 8601', async () => {
    const { track, delivered } = await openStack(target)
    const properties = { companyName: 'x' }
    await track([
      { event: 'company_named', properties, timestamp: OCCURRED, messageId: 'number' },
      { event: 'company_named', properties, timestamp: new Date(OCCURRED).toISOString(), messageId: 'text' },
    ])
    const times = (await delivered(ADA, 2)).map(({ timestamp }) => Date.parse(timestamp))
    expect(times).toEqual([OCCURRED, OCCURRED])
  })
})

it('an event of v1 and its v3 equivalent look the same on the timeline', async () => {
  const looks = []
  for (const target of TARGETS) {
    const { track, delivered } = await openStack(target)
    await track({ event: 'webinar_registration', properties: { webinarName: 'W', webinarId: '1' }, timestamp: OCCURRED, messageId: 'm1' })
    const [{ id, header, detail, timestamp, email } = { id: '' }] = await delivered(ADA, 1)
    looks.push({ id, header, detail, timestamp, email })
  }
  expect(looks[0]).toEqual(looks[1])
})

it.each<[TargetName, object, object]>([
  ['timeline-v1', { method: 'PUT' }, { v1Era: 'put' }],
  ['timeline-v3', { path: '/crm/v3/timeline' }, {}],
])('%s reached as %o delivers', async (target, settings, limits) => {
  const stack = await startStack({ config: { events, hubspot: { targets: { [target]: settings } } }, site: { targets: [target] } })
  onTestFinished(stack.close)
  if (Object.keys(limits).length) await stack.emulated('/_emulator/limits', 'POST', limits)
  await stack.track({ event: 'company_named', properties: { companyName: 'x' } })
  await stack.delivered(ADA, 1)
})

it.each<[TargetName, object, string]>([
  ['app-events', { version: 'v4' }, '/integrators/timeline/v4/events/batch'],
  ['custom-events', { version: 'v3' }, '/events/v3/send/batch'],
])('%s with %o goes to %s', async (target, settings, path) => {
  const stack = await startStack({ config: { events, hubspot: { targets: { [target]: settings } } }, site: { targets: [target] } })
  onTestFinished(stack.close)
  const uid = { uid: 'company_named', type: 'app-event', config: { name: 'Company named', objectType: 'CONTACT', headerTemplate: 'Named', properties: [{ name: 'companyName', label: 'Company', type: 'string' }, { name: 'seats', label: 'Seats', type: 'number' }] } }
  await stack.emulated('/_emulator/app-event-types', 'POST', uid)
  await stack.track({ event: 'company_named', properties: { companyName: 'x' } })
  await stack.delivered(ADA, 1)
  expect((await stack.emulated<{ path: string }[]>('/_emulator/requests')).map((request) => request.path)).toContain(path)
})
