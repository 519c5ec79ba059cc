import { runPostgres } from '../../packages/proxy/test/stage/run-postgres.ts'
import { useSchema } from '../../packages/proxy/test/stage/use-schema.ts'

export const DATABASES = ['SQLite', 'PostgreSQL'] as const
export type DatabaseName = (typeof DATABASES)[number]

export interface Database {
  /** What a stage's environment holds to use it; nothing for the SQLite file that a stage makes by itself. */
  env: Record<string, string>
  stop(): Promise<void>
}

/** An empty database for one stage: of the kind that is named, on a server of its own or in a schema of the one that was given. */
export async function startDatabase(name: DatabaseName): Promise<Database> {
  if (name === 'SQLite') return { env: {}, stop: async () => undefined }
  const given = process.env.TRACKLINE_TEST_POSTGRES
  if (given !== undefined) {
    const { url, drop } = useSchema(given, `e2e_${process.pid}_${Date.now().toString(36)}`)
    return { env: { DATABASE_URL: url }, stop: drop }
  }
  const { url, stop } = await runPostgres()
  return { env: { DATABASE_URL: url }, stop }
}
