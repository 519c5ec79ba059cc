import { pino } from 'pino'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { createSettleWaiters } from '../../src/http/settle-waiters.ts'
import { buildApp } from '../../src/http/app.ts'
import { generateServerKey } from '../../src/identity/server-key.ts'
import { expectProblem, expectRetryAfter } from '../stage/client.ts'
import { startStack } from '../stage/start-stack.ts'

const login = (changes: object = {}) => ({ event: 'login', properties: { method: 'sso' }, ...changes })

describe('how much one person may send', async () => {
  const clock = { ms: Date.now() }
  const server = generateServerKey()
  const limited = await startStack({
    isConnected: false,
    config: { limits: { perSubjectPerMinute: 10 } },
    site: { serverKeys: [server.digest] },
    world: { now: () => new Date(clock.ms) },
  })
  afterAll(limited.close)
  const sendBy = async (sub: string, events: number) =>
    limited.track(
      Array.from({ length: events }, () => login()),
      { token: await limited.mint({ sub }) },
    )

  it('beyond the limit is RATE_LIMITED, nothing is stored, and Retry-After says when it will do', async () => {
    expect((await sendBy('ada', 10)).status).toBe(202)
    const before = await limited.audit()
    const refused = await sendBy('ada', 3)
    expectProblem(refused, 'RATE_LIMITED')
    expect(refused.headers.get('retry-after')).toBe('18')
    expect(await limited.audit()).toEqual(before)
    clock.ms += 18_000
    expect((await sendBy('ada', 3)).status).toBe(202)
  })

  it("is each person's own", async () => {
    await sendBy('heavy', 10)
    expect((await sendBy('light', 1)).status).toBe(202)
  })

  it('does not count for a server key', async () => {
    for (let times = 0; times < 3; times++) {
      const reply = await limited.track(
        Array.from({ length: 20 }, () => login({ userId: 'ada' })),
        { headers: { authorization: `Bearer ${server.key}` } },
      )
      expect(reply.status).toBe(202)
    }
  })

  it('never shuts out for good a batch that is larger than the limit', async () => {
    expect((await sendBy('bulk', 50)).status).toBe(202)
    expect((await sendBy('bulk', 1)).status).toBe(429)
    clock.ms += 60_000
    expect((await sendBy('bulk', 50)).status).toBe(202)
  })
})

describe('an outbox that cannot be written', async () => {
  const stack = await startStack({ isConnected: false })
  afterAll(stack.close)

  /** The disk refuses what is written to this table, until the test ends or mends it. */
  function breakDisk(table: string): () => void {
    const disk = new DatabaseSync(join(stack.folder, 'outbox.db'))
    disk.exec(`create trigger refuse before insert on ${table} begin select raise(abort, 'database or disk is full'); end`)
    let isBroken = true
    const mend = () => {
      if (isBroken) disk.exec('drop trigger refuse')
      if (isBroken) disk.close()
      isBroken = false
    }
    onTestFinished(mend)
    return mend
  }

  it('is OUTBOX_UNAVAILABLE with Retry-After, never a 202 that is not true; afterwards all is well', async () => {
    const mend = breakDisk('outbox')
    const refused = await stack.track(login({ messageId: 'm' }))
    expectProblem(refused, 'OUTBOX_UNAVAILABLE')
    expectRetryAfter(refused)
    expect(refused.text).not.toMatch(/disk|sqlite|abort/i)
    expect((await stack.audit()).received).toBe(0)
    mend()
    expect((await stack.track(login({ messageId: 'm' }))).json.results).toMatchObject([{ status: 'queued' }])
  })

  it("is told to the operator with its cause, under the reply's requestId", async () => {
    const mend = breakDisk('outbox')
    const { json } = await stack.track(login())
    mend()
    expect((await stack.track(login())).status).toBe(202)
    const line = stack
      .logged()
      .split('\n')
      .find((each) => each.includes(json.requestId ?? 'none'))
    expect(line).toMatch(/disk is full/)
  })

  it('makes /readyz 503, while /healthz says that the process runs', async () => {
    const mend = breakDisk('canary')
    const ready = await stack.send('/readyz')
    expectProblem(ready, 'OUTBOX_UNAVAILABLE')
    expectRetryAfter(ready)
    expect((await stack.send('/healthz')).status).toBe(200)
    mend()
    expect((await stack.send('/readyz')).json).toEqual({ status: 'ready' })
  })
})

describe('a mistake of ours', () => {
  it('is INTERNAL, and tells nothing of itself', async () => {
    const lines: string[] = []
    const unused = () => Promise.reject(new Error('the store at /srv/outbox has a bug'))
    const app = await buildApp({
      isIngesting: true,
      sites: { ofOrigin: () => undefined, named: () => undefined, only: undefined, says: '' },
      snippets: { s: '', 's-modules': '' },
      newId: () => '00000000-0000-0000-0000-000000000000',
      findEvent: unused,
      waiters: createSettleWaiters(),
      issueReceipt: unused,
      receiptKeys: unused,
      readCaller: unused,
      ingest: { ingest: unused, waitBeforeSending: () => 0, onResults: () => undefined, onRefusal: () => undefined },
      onClose: () => undefined,
      install: { begin: unused, complete: unused, isSecure: true, log: () => undefined },
      health: { checkWritable: unused, metrics: unused },
      logger: pino({}, { write: (line: string) => void lines.push(line) }),
    })
    onTestFinished(async () => void (await app.close()))
    const url = await app.listen({ host: '127.0.0.1', port: 0 })
    const answer = await fetch(`${url}/readyz`)
    const text = await answer.text()
    expectProblem(
      { status: answer.status, headers: answer.headers, text, json: JSON.parse(text) },
      'INTERNAL',
      /^something failed here$/,
    )
    expect(text).not.toMatch(/outbox|srv|bug/)
    expect(lines.join('')).toContain('the store at /srv/outbox has a bug')
  })
})
