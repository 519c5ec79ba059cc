import { fastify } from 'fastify'
import { ready } from './ready.mjs'

// The floor: parses the body and replies. Verifies nothing, keeps nothing.
const app = fastify()
app.post('/v1/batch', async () => ({ results: [{ messageId: 'x', status: 'queued' }] }))
ready(await app.listen({ port: 0, host: '127.0.0.1' }))
