import { spawnSync } from 'node:child_process'
import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openSqliteStore } from '../../src/store/sqlite/open-sqlite-store.ts'
import { MIGRATIONS } from '../../src/store/sqlite/schema.ts'
import { makeTempFolder } from '../stage/temp-folder.ts'
import { anEvent, NOW, severalEvents } from './behaviour/store-stage.ts'
import { sqliteStores } from './open-sqlite.ts'
import { describeStore } from './store-behaviour.ts'

const open = sqliteStores()
const UNAVAILABLE = { code: 'OUTBOX_UNAVAILABLE', retryAfterSeconds: expect.any(Number) }
/** More calls than may wait for the disk. */
const TOO_MANY_CALLS = 42_000

describeStore('SQLite', open)

describe('the SQLite file', () => {
  function tempFile(name = 'outbox.db'): string {
    const folder = makeTempFolder()
    onTestFinished(folder.remove)
    return join(folder.path, name)
  }

  it('what was promised is there after the process was killed in the next moment', async () => {
    const path = tempFile()
    const script = fileURLToPath(import.meta.resolve('../stage/enqueue-and-die.ts'))
    const { signal, stderr } = spawnSync(process.execPath, [script, path], { encoding: 'utf8' })
    expect({ signal, stderr }).toMatchObject({ signal: 'SIGKILL', stderr: '' })
    const store = await openSqliteStore(path, {})
    onTestFinished(store.close)
    expect((await store.audit()).queued).toBe(20)
    expect(await store.enqueue([anEvent()])).toEqual(['duplicate'])
  })

  it('a write that the disk refuses is OUTBOX_UNAVAILABLE and stores nothing; later ones are stored', async () => {
    const { store, path } = await open()
    const disk = new DatabaseSync(path)
    onTestFinished(() => disk.close())
    disk.exec("create trigger refuse before insert on outbox begin select raise(abort, 'database or disk is full'); end")
    const [first, second] = await Promise.allSettled([store.enqueue([anEvent()]), store.enqueue([anEvent({ messageId: 'm2' })])])
    for (const refused of [first, second])
      expect(refused).toMatchObject({
        status: 'rejected',
        reason: { ...UNAVAILABLE, cause: expect.stringMatching(/disk is full/) },
      })
    expect((await store.audit()).received).toBe(0)
    disk.exec('drop trigger refuse')
    expect(await store.enqueue([anEvent()])).toEqual(['queued'])
  })

  it('reads go on while writes are refused', async () => {
    const { store, path } = await open()
    await store.enqueue([anEvent()])
    const disk = new DatabaseSync(path)
    onTestFinished(() => disk.close())
    disk.exec("create trigger refuse before insert on canary begin select raise(abort, 'disk I/O error'); end")
    const [writable, audit] = await Promise.allSettled([store.checkWritable(NOW), store.audit()])
    disk.exec('drop trigger refuse')
    expect(writable).toMatchObject({ status: 'rejected', reason: UNAVAILABLE })
    expect(audit).toMatchObject({ status: 'fulfilled', value: { queued: 1 } })
  })

  it('a path that cannot be a file is refused at the start, with OUTBOX_UNAVAILABLE', async () => {
    const path = tempFile()
    mkdirSync(path)
    await expect(openSqliteStore(path, {})).rejects.toMatchObject({
      code: 'OUTBOX_UNAVAILABLE',
      cause: expect.stringMatching(/unable to open/),
    })
  })

  it('a file that is no database is refused at the start', async () => {
    const path = tempFile()
    writeFileSync(path, 'a letter to nobody, long enough to be read as a header of a database'.repeat(20))
    await expect(openSqliteStore(path, {})).rejects.toMatchObject({
      code: 'OUTBOX_UNAVAILABLE',
      cause: expect.stringMatching(/not a database/),
    })
  })

  it('a file of the first version gets its counts from its rows', async () => {
    const path = tempFile()
    const older = new DatabaseSync(path)
    older.exec(`${MIGRATIONS[0]}; pragma user_version = 1;
      insert into tallies (site, received, duplicate, rejected, forgotten) values ('main', 11, 2, 1, 3), ('shop', 1, 0, 1, 0)`)
    for (const [index, state] of ['due', 'due', 'needs_identity', 'delivered', 'dead'].entries()) {
      older.exec(`insert into outbox (account, site, message_id, subject, target, event_id, event, state, properties, occurred_at, received_at)
        values (1, 'main', '${index}', 'ada', 'timeline-v3', 'e', 'login', '${state}', '{}', 0, 0)`)
    }
    older.close()
    const store = await openSqliteStore(path, {})
    onTestFinished(store.close)
    const counts = { queued: 2, needsIdentity: 1, delivered: 4, dead: 1 }
    expect(await store.audit()).toEqual({ received: 12, duplicate: 2, rejected: 2, ...counts })
    expect(await store.auditBySite()).toMatchObject([{ site: 'main', stored: { ...counts, delivered: 1 } }, { site: 'shop', rejected: 1 }])
  })

  it('a file that a newer version wrote is refused, not changed', async () => {
    const path = tempFile()
    const newer = new DatabaseSync(path)
    newer.exec('pragma user_version = 999')
    newer.close()
    await expect(openSqliteStore(path, {})).rejects.toMatchObject({
      cause: expect.stringMatching(/newer Trackline .*version 999.*upgrade/),
    })
  })

  it('folders that are missing are made, closed to others', async () => {
    const path = join(dirname(tempFile()), 'a', 'b', 'outbox.db')
    const store = await openSqliteStore(path, {})
    onTestFinished(store.close)
    expect(statSync(dirname(path)).mode & 0o077).toBe(0)
  })

  it.skipIf(process.platform === 'win32')('the file and those beside it are for their owner alone, whatever the umask', async () => {
    const path = tempFile()
    const store = await openSqliteStore(path, {})
    onTestFinished(store.close)
    await store.enqueue([anEvent()])
    expect(['', '-wal', '-shm'].map((suffix) => (statSync(path + suffix).mode & 0o777).toString(8))).toEqual(['600', '600', '600'])
  })

  it('what has waited too long for an email is found by an index, however much else waits', async () => {
    const { path } = await open()
    const database = new DatabaseSync(path)
    onTestFinished(() => database.close())
    const plan = database.prepare("explain query plan select seq from outbox where state = 'needs_identity' and received_at < 1").all()
    expect(plan.map(({ detail }) => detail)).toEqual([expect.stringContaining('outbox_waiting (received_at<?)')])
  })

  it('a long reader makes the log grow, which counts as used; once it has gone the log is cut back', async () => {
    const path = tempFile()
    const store = await openSqliteStore(path, {})
    onTestFinished(store.close)
    await store.enqueue([anEvent()])
    const reader = new DatabaseSync(path)
    reader.exec('begin; select * from outbox')
    reader.prepare('select count(*) from outbox').get()
    const logBytes = () => statSync(`${path}-wal`).size
    const extraData = 'x'.repeat(16_000)
    let sent = 0
    const sendMore = () => store.enqueue(severalEvents(50).map((event) => ({ ...event, messageId: `long ${sent++}`, extraData })))
    while (logBytes() < 17 * 1_024 * 1_024 && sent < 5_000) await sendMore()
    expect((await store.size()).usedBytes).toBeGreaterThan(logBytes())
    reader.exec('commit')
    reader.close()
    // The first commit copies the log into the file, the next begins it anew, and cuts it.
    for (let commits = 0; commits < 3; commits++) await sendMore()
    expect(logBytes()).toBeLessThanOrEqual(16 * 1_024 * 1_024)
  })

  it('a command beside the service reads and writes the same outbox', async () => {
    const { store, path } = await open()
    const beside = await openSqliteStore(path, {})
    onTestFinished(beside.close)
    const [ours, theirs] = await Promise.all([
      store.enqueue(severalEvents(5)),
      beside.enqueue([anEvent({ messageId: 'theirs' })]),
    ])
    expect([ours.length, theirs]).toEqual([5, ['queued']])
    expect(await beside.audit()).toEqual(await store.audit())
    expect((await store.audit()).queued).toBe(6)
  })

  it('calls beyond what memory should hold are refused at once; the others are answered', async () => {
    const { store } = await open()
    const answers = await Promise.allSettled(Array.from({ length: TOO_MANY_CALLS }, () => store.checkWritable(NOW)))
    const refused = answers.filter((answer) => answer.status === 'rejected')
    expect(refused.length).toBeGreaterThan(0)
    expect(refused.length).toBeLessThan(TOO_MANY_CALLS / 2)
    expect(refused[0]?.reason).toMatchObject(UNAVAILABLE)
  })
})
