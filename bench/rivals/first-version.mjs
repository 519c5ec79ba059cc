import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import cors from '@fastify/cors'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import { fastify } from 'fastify'
import { importSPKI, jwtVerify } from 'jose'
import { ready } from './ready.mjs'

// What one writes first: a plugin for each concern, a log line a request, each token verified each time, a transaction an event.
const NEVER_REACHED = 100_000_000
const key = await importSPKI(process.env.PUBLIC_KEY, 'ES256')
const database = new DatabaseSync(join(process.env.FOLDER, 'events.db'))
database.exec('pragma journal_mode = wal; pragma synchronous = full; create table if not exists events (message_id text primary key, email text, event text) strict')
const insert = database.prepare('insert into events values (?, ?, ?) on conflict do nothing')

const app = fastify({ logger: true })
await app.register(cors, { origin: ['https://app1.example.com'] })
await app.register(helmet)
await app.register(rateLimit, { max: NEVER_REACHED })
app.post('/v1/batch', async ({ body, headers }, reply) => {
  const { payload } = await jwtVerify(String(headers.authorization).slice('Bearer '.length), key, { issuer: 'app', audience: 'trackline' })
  for (const event of body.batch) insert.run(event.messageId, payload.email, JSON.stringify(event))
  reply.code(202)
  return { results: body.batch.map(({ messageId }) => ({ messageId, status: 'queued' })) }
})
ready(await app.listen({ port: 0, host: '127.0.0.1' }))
