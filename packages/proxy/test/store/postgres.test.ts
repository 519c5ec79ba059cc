import { startPostgres } from '../stage/start-postgres.ts'
import { postgresStores } from './open-postgres.ts'
import { describeStore } from './store-behaviour.ts'

const server = await startPostgres()
const { lend } = postgresStores(server.url)

describeStore('PostgreSQL', lend)
