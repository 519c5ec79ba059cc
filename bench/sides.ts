import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nextMessage, start } from './child.ts'
import type { Database, DatabaseName } from './databases.ts'
import { startTrackline } from './start-trackline.ts'
import type { TracklineSettings } from './trackline-server.ts'

interface Side {
  label: string
  file: string
  database?: DatabaseName
  /** As many, whatever the case has. */
  eventsPerRequest?: number
}

/** What is compared. Each is one file in `rivals`, but for Trackline itself. */
export const SIDES = {
  bare: { label: 'bare Fastify', file: 'bare' },
  'least-durable': { label: 'node:http + one column of SQLite', file: 'least-durable' },
  trackline: { label: 'Trackline, SQLite', file: 'trackline' },
  'trackline-one': { label: 'Trackline, one event a request', file: 'trackline', eventsPerRequest: 1 },
  'trackline-postgres': { label: 'Trackline, PostgreSQL', file: 'trackline', database: 'postgres' },
  'first-version': { label: 'what one writes first', file: 'first-version' },
  bullmq: { label: '@fastify/jwt + BullMQ, Redis', file: 'bullmq', database: 'redis' },
  'pg-boss': { label: '@fastify/jwt + pg-boss', file: 'pg-boss', database: 'postgres' },
  'express-direct': { label: 'express-jwt + direct call', file: 'express-direct' },
  segment: { label: '@fastify/jwt + Segment', file: 'segment' },
  'http-proxy': { label: '@fastify/jwt + http-proxy', file: 'http-proxy' },
} as const satisfies Record<string, Side>

export type SideName = keyof typeof SIDES

/** How many events each request to a side has, where the case has so many. */
export function eventsPerRequestOf(name: SideName, ofCase: number): number {
  const side: Side = SIDES[name]
  return side.eventsPerRequest ?? ofCase
}

export interface SideOptions {
  upstream: string
  /** As PEM. */
  publicKey: string
  database?: Database | undefined
  /** Whether it delivers what it accepts, too; one that has no queue of its own always does. */
  delivers: boolean
}

export interface RunningSide {
  server: ChildProcess
  url: string
}

/** Runs a side on a folder of its own, which outlives its process: `run` may be called again. */
export function prepareSide(name: SideName, { upstream, publicKey, database, delivers }: SideOptions) {
  const folder = mkdtempSync(join(tmpdir(), 'trackline-bench-'))
  return {
    async run(): Promise<RunningSide> {
      const server = SIDES[name].file === 'trackline' ? startOurs() : startRival()
      return { server, url: await nextMessage<string>(server) }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }

  function startOurs(): ChildProcess {
    const settings: TracklineSettings = { folder, upstream, publicKey, accounts: 1, store: database?.env.DATABASE_URL, role: delivers ? 'all' : 'ingest', isConnected: delivers }
    return startTrackline('trackline-server', [JSON.stringify(settings)])
  }

  function startRival(): ChildProcess {
    return start(`./rivals/${SIDES[name].file}.mjs`, [], { UPSTREAM: upstream, PUBLIC_KEY: publicKey, FOLDER: folder, DELIVERS: delivers ? 'yes' : '', ...database?.env })
  }
}
