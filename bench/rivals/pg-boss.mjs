import { hash } from 'node:crypto'
import { PgBoss } from 'pg-boss'
import { sendToHubSpot } from './hubspot.mjs'
import { ready } from './ready.mjs'
import { signedInApp } from './signed-in-app.mjs'

// A job whose worker died is tried again when it has expired: after 15 minutes unless said otherwise.
const EXPIRE_IN_SECONDS = 20
/** Its jobs have UUIDs: a message that comes again is the same job. */
const jobOf = (event) => ({ id: hash('sha256', event.messageId).slice(0, 32), data: event })
const boss = new PgBoss(process.env.DATABASE_URL)
boss.on('error', (error) => process.stderr.write(`${error}\n`))
await boss.start()
await boss.createQueue('events', { expireInSeconds: EXPIRE_IN_SECONDS, retryLimit: 10 })

const app = await signedInApp(async (events) => {
  const jobs = events.map(jobOf)
  if (jobs.length === 1) await boss.send('events', jobs[0].data, { id: jobs[0].id })
  else await boss.insert('events', jobs)
})
if (process.env.DELIVERS) await boss.work('events', { batchSize: 100 }, (jobs) => sendToHubSpot(jobs.map(({ data }) => data)))
ready(await app.listen({ port: 0, host: '127.0.0.1' }))
