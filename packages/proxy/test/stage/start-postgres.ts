import { afterAll } from 'vitest'
import { runPostgres } from './run-postgres.ts'

/** A server to use instead of one of our own: a connection URL of a role that may create schemas. */
const GIVEN_URL = process.env.TRACKLINE_TEST_POSTGRES

export interface PostgresServer {
  url: string
  /** Undefined for a server that was given: it is not ours to stop. */
  control: { kill(): Promise<void>; start(): Promise<void> } | undefined
}

/** One PostgreSQL server for a test file, in a folder of its own; stopped and removed when the file is done. */
export async function startPostgres(): Promise<PostgresServer> {
  if (GIVEN_URL !== undefined) return { url: GIVEN_URL, control: undefined }
  const { url, stop, ...control } = await runPostgres()
  afterAll(stop)
  return { url, control }
}
