import { Queue, Worker } from 'bullmq'
import { sendToHubSpot } from './hubspot.mjs'
import { ready } from './ready.mjs'
import { signedInApp } from './signed-in-app.mjs'

const CONCURRENCY = 100
const connection = { host: '127.0.0.1', port: Number(process.env.REDIS_PORT) }
const queue = new Queue('events', { connection, defaultJobOptions: { attempts: 10, backoff: { type: 'exponential', delay: 1_000 }, removeOnComplete: true } })

const app = await signedInApp(async (events) => {
  const [first] = events
  if (events.length === 1) await queue.add('event', first, { jobId: first.messageId })
  else await queue.addBulk(events.map((data) => ({ name: 'event', data, opts: { jobId: data.messageId } })))
})
if (process.env.DELIVERS) new Worker('events', ({ data }) => sendToHubSpot([data]), { connection, concurrency: CONCURRENCY })
ready(await app.listen({ port: 0, host: '127.0.0.1' }))
