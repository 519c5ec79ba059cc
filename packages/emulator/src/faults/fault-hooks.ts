import { setTimeout as wait } from 'node:timers/promises'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { RATE_LIMIT_INTERVAL_MS } from '../http/rate-limit.ts'
import type { World } from '../world.ts'
import { faultAnswer } from './fault-answer.ts'
import type { Fault } from './fault-queue.ts'

/** Makes calls go wrong as asked: before anything is read, or after everything is stored. */
export function faultHooks(app: FastifyInstance, world: World): void {
  const resets = new WeakSet<FastifyRequest>()
  const closing = new AbortController()
  app.addHook('preClose', async () => closing.abort())

  app.addHook('onRequest', async (request, reply) => {
    const path = request.url.split('?')[0] ?? ''
    const fault = world.faults.take({ method: request.method, path })
    if (fault === undefined) return undefined
    // Aborted when the emulator closes: a waiting call must not keep it open.
    if (fault.delayMs > 0) await wait(fault.delayMs, undefined, { signal: closing.signal }).catch(() => undefined)
    if (fault.resetAfterAccept) resets.add(request)
    if (fault.drop) return cutBeforeReading(world, request, reply)
    if (fault.status !== undefined) throw refusal(world, reply, { fault, path })
    return undefined
  })

  app.addHook('onSend', async (request, _reply, payload) => {
    if (!resets.has(request)) return payload
    world.requestLog.count(request, 'reset')
    request.raw.socket.resetAndDestroy()
    return payload
  })
}

function cutBeforeReading(world: World, request: FastifyRequest, reply: FastifyReply) {
  world.requestLog.count(request, 'dropped')
  reply.hijack()
  request.raw.socket.destroy()
  return reply
}

function refusal(world: World, reply: FastifyReply, { fault, path }: { fault: Fault; path: string }) {
  const { per10s } = world.settings
  if (fault.status === 429 && per10s !== null) {
    reply.header('X-HubSpot-RateLimit-Interval-Milliseconds', RATE_LIMIT_INTERVAL_MS)
    reply.header('X-HubSpot-RateLimit-Max', per10s)
    reply.header('X-HubSpot-RateLimit-Remaining', 0)
  }
  return faultAnswer(fault, { path }, world.now())
}
