import { PgBoss } from 'pg-boss'
import { sendToHubSpot } from './hubspot.mjs'
import { ready } from './ready.mjs'
import { signedInApp } from './signed-in-app.mjs'

// A job whose worker died is tried again when it has expired: after 15 minutes unless said otherwise.
const EXPIRE_IN_SECONDS = 20
const boss = new PgBoss(process.env.DATABASE_URL)
boss.on('error', (error) => process.stderr.write(`${error}\n`))
await boss.start()
await boss.createQueue('events', { expireInSeconds: EXPIRE_IN_SECONDS, retryLimit: 10 })

const app = await signedInApp(async (events) => {
  const [first] = events
  if (events.length === 1) await boss.send('events', first, { id: first.messageId })
  else await boss.insert('events', events.map((data) => ({ id: data.messageId, data })))
})
if (process.env.DELIVERS) await boss.work('events', { batchSize: 100 }, (jobs) => sendToHubSpot(jobs.map(({ data }) => data)))
ready(await app.listen({ port: 0, host: '127.0.0.1' }))
