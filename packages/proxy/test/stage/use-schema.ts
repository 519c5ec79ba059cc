import pg from 'pg'

/** A schema of its own on a server that others use too; `drop` removes it with all that a store has put there. */
export function useSchema(given: string, schema: string): { url: string; drop(): Promise<void> } {
  const url = new URL(given)
  url.searchParams.set('schema', schema)
  return {
    url: url.href,
    async drop() {
      const client = new pg.Client(given)
      await client.connect()
      await client.query(`drop schema if exists "${schema}" cascade`)
      await client.end()
    },
  }
}
