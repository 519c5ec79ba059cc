import { openSqlite } from './open-sqlite.ts'
import { describeStore } from './store-behaviour.ts'

describeStore('SQLite', openSqlite)
