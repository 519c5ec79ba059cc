import fastifyJwt from '@fastify/jwt'
import httpProxy from '@fastify/http-proxy'
import { fastify } from 'fastify'
import { ready } from './ready.mjs'

// What somebody would otherwise put before HubSpot: the browser's own request is passed on once its token is verified.
const app = fastify()
await app.register(fastifyJwt, { secret: { public: process.env.PUBLIC_KEY }, verify: { algorithms: ['ES256'], allowedIss: 'app', allowedAud: 'trackline' } })
await app.register(httpProxy, { upstream: process.env.UPSTREAM, preHandler: (request) => request.jwtVerify(), undici: { connections: 1_024 } })
ready(await app.listen({ port: 0, host: '127.0.0.1' }))
