import { openSqliteStore } from '../../src/store/sqlite/open-sqlite-store.ts'
import { severalEvents } from '../store/behaviour/store-stage.ts'

/** A process of its own: stores events at the path it is given and, once they are promised, is killed in the next moment. */
const [path = ''] = process.argv.slice(2)
const store = await openSqliteStore(path, {})
await store.enqueue(severalEvents(20))
process.kill(process.pid, 'SIGKILL')
