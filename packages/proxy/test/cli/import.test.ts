import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { generateServerKey } from '../../src/identity/server-key.ts'
import { projectConfig } from '../stage/project-config.ts'
import { makeProject, runCli } from '../stage/run-cli.ts'
import type { Ran } from '../stage/run-cli.ts'
import { serveAnswers } from '../stage/serve-answers.ts'
import { startStack } from '../stage/start-stack.ts'

const { key, digest } = generateServerKey()
const stack = await startStack({ site: { serverKeys: [digest] } })
const project = makeProject(projectConfig())
const YEAR_AGO = new Date(Date.now() - 365 * 24 * 3_600_000).toISOString()
const env = { TRACKLINE_SERVER_KEY: key, TRACKLINE_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}` }
afterAll(async () => {
  await stack.close()
  project.remove()
})

const importFile = (name: string, content: string, ...more: string[]): Promise<Ran> => {
  if (name !== '-') writeFileSync(join(project.path, name), content)
  return runCli(['import', name, '--url', stack.server.url, ...more], { cwd: project.path, env, ...(name === '-' ? { input: content } : {}) })
}
const logins = (count: number, email: (index: number) => string = (index) => `user${index}@example.com`) =>
  Array.from({ length: count }, (_, index) => JSON.stringify({ event: 'login', userId: `u${index}`, email: email(index), timestamp: YEAR_AGO, properties: { method: 'sso' } }))

describe('trackline import', () => {
  it('brings the events of a file of JSON Lines to the timelines, with the time at which they happened', async () => {
    const events = [
      { event: 'login', userId: '42', email: 'ada@example.com', timestamp: YEAR_AGO, messageId: 'old-1', properties: { method: 'sso' } },
      { event: 'profile_changed', email: 'ada@example.com', properties: { field: 'name', amount: 2 } },
    ]
    const { code, stdout, stderr } = await importFile('old.jsonl', `\uFEFF${events.map((event) => JSON.stringify(event)).join('\r\n')}\r\n\r\n`)
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'queued 2, duplicate 0, rejected 0\n', stderr: '' })
    const delivered = await stack.delivered('ada@example.com', 2)
    expect(delivered.find(({ templateName }) => templateName === 'Logged in')).toMatchObject({ timestamp: YEAR_AGO, tokens: { method: 'sso', logins: '1' } })
  })

  it('reads CSV: columns of a message, every other one a property, in the kind of its definition', async () => {
    const csv = [
      'event,userId,email,timestamp,method,"properties.field",amount,confirmed,value',
      `login,c1,"carol@example.com",${YEAR_AGO},sso,,,,`,
      `profile_changed,c1,carol@example.com,${Date.parse(YEAR_AGO)},,"a ""quoted"", name",12,true,"two\nlines"`,
    ].join('\n')
    expect(await importFile('people.csv', csv, '--json')).toEqual({ code: 0, stdout: '{"queued":2,"duplicate":0,"rejected":0}\n', stderr: '' })
    const delivered = await stack.delivered('carol@example.com', 2)
    expect(delivered.find(({ templateName }) => templateName === 'Profile changed')).toMatchObject({ timestamp: YEAR_AGO, tokens: { field: 'a "quoted", name', amount: '12', confirmed: 'true', value: 'two\nlines' } })
  })

  it('the same file again brings nothing twice; two lines that say the same are one event', async () => {
    const lines = [...logins(3), ...logins(1)].join('\n')
    expect((await importFile('again.jsonl', lines)).stdout).toBe('queued 3, duplicate 1, rejected 0\n')
    expect((await importFile('again.jsonl', lines)).stdout).toBe('queued 0, duplicate 4, rejected 0\n')
  })

  it('takes more events than a batch has, and longer ones than a request has, in their order', async () => {
    const long = Array.from({ length: 70 }, (_, index) => JSON.stringify({ event: 'profile_changed', userId: 'long', email: 'long@example.com', messageId: `long-${index}`, properties: { value: 'x'.repeat(1_900) } }))
    expect((await importFile('-', [...logins(250, () => 'many@example.com'), ...long].join('\n'))).stdout).toBe('queued 320, duplicate 0, rejected 0\n')
    const ids = await Promise.all(long.map(async (_, index) => (await stack.server.parts.store.findRows({ messageId: `long-${index}` }))[0]?.seq ?? 0))
    expect(ids).toEqual(ids.toSorted((a, b) => a - b))
  })

  it('what is rejected is told with its line and the reason; it can be mended in the file that takes it, and imported', async () => {
    const mixed = [...logins(1, () => 'mixed@example.com'), 'not json', '[]', JSON.stringify({ event: 'logn', email: 'mixed@example.com' }), JSON.stringify({ event: 'login', userId: 'u', properties: { method: 'sso', x: 'y'.repeat(70_000) } })]
    const told = await importFile('mixed.jsonl', mixed.join('\n'))
    expect(told).toMatchObject({ code: 1, stdout: 'queued 1, duplicate 0, rejected 4\n' })
    for (const line of ['line 2: it is not JSON', 'line 3: it is no JSON object', "line 4: EVENT_UNKNOWN: the event is not defined: 'logn'", 'line 5: BODY_TOO_LARGE: ']) expect(told.stderr).toContain(line)
    const quiet = await importFile('mixed.jsonl', mixed.join('\n'), '--rejected', 'rejected.jsonl')
    expect(quiet).toMatchObject({ code: 1, stdout: 'queued 0, duplicate 1, rejected 4\n', stderr: '' })
    const rejected: Record<string, unknown>[] = readFileSync(join(project.path, 'rejected.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line))
    expect(rejected.map((line) => line.rejected)).toMatchObject([{ line: 2 }, { line: 3 }, { line: 4, code: 'EVENT_UNKNOWN' }, { line: 5, code: 'BODY_TOO_LARGE' }])
    const mended = { ...rejected[2], event: 'login', properties: { method: 'sso' } }
    expect((await importFile('rejected.jsonl', JSON.stringify(mended))).stdout).toBe('queued 1, duplicate 0, rejected 0\n')
  })

  it('tells the first of many that are rejected', async () => {
    const { stderr } = await importFile('wrong.csv', ['event,method', ...Array.from({ length: 30 }, () => 'login,sso')].join('\n'))
    expect(stderr.match(/^line \d+: IDENTITY_MISSING/gm)).toHaveLength(20)
    expect(stderr).toContain('and 10 more: --rejected FILE writes them all')
  })

  it('waits while the service asks for time, or does not answer, and sends the same events again', async () => {
    const queued = { results: [{ messageId: 'm', status: 'queued' }] }
    const busy = await serveAnswers((_, calls) => [{ status: 503, headers: { 'retry-after': '0' }, body: '{}' }, 'cut' as const, { status: 202, body: JSON.stringify(queued) }][calls - 1] ?? 'never')
    writeFileSync(join(project.path, 'busy.jsonl'), logins(1).join('\n'))
    expect(await runCli(['import', 'busy.jsonl', '--url', busy.url], { cwd: project.path, env })).toEqual({ code: 0, stdout: 'queued 1, duplicate 0, rejected 0\n', stderr: '' })
    expect(new Set(busy.asked.map(({ body }) => body)).size).toBe(1)
    expect(busy.asked).toHaveLength(3)
  })

  it('waits for as long as it takes where the service says how long: the outbox may be full', async () => {
    const full = await serveAnswers((_, calls) => (calls <= 15 ? { status: 503, headers: { 'retry-after': '0' }, body: '{}' } : { status: 202, body: JSON.stringify({ results: [{ messageId: 'm', status: 'queued' }] }) }))
    writeFileSync(join(project.path, 'full.jsonl'), logins(1).join('\n'))
    expect((await runCli(['import', 'full.jsonl', '--url', full.url], { cwd: project.path, env })).stdout).toBe('queued 1, duplicate 0, rejected 0\n')
  })

  it('stops at a refusal that no waiting mends, and says how far it came', async () => {
    writeFileSync(join(project.path, 'stop.jsonl'), logins(150).join('\n'))
    const first = { results: Array.from({ length: 100 }, () => ({ messageId: 'm', status: 'queued' })) }
    const refusing = await serveAnswers((_, calls) => (calls === 1 ? { status: 202, body: JSON.stringify(first) } : { status: 401, body: JSON.stringify({ code: 'SERVER_KEY_EXPIRED', detail: 'the key has expired', remedy: 'make another' }) }))
    const { code, stdout, stderr } = await runCli(['import', 'stop.jsonl', '--url', refusing.url], { cwd: project.path, env })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/it stopped after: queued 100, duplicate 0, rejected 0[^]*SERVER_KEY_EXPIRED/)
  })

  it.each([
    ['missing.jsonl', undefined, 'missing.jsonl cannot be read: ENOENT'],
    ['no-event.csv', 'name,email\nlogin,a@example.com', 'no-event.csv cannot be read: its first line must name the columns, "event" among them'],
    ['twice.csv', 'event,email,email\n', 'names the column "email" twice'],
    ['quote.csv', 'event,email\nlogin,"open\n', 'quote.csv cannot be read: '],
  ])('%s ends it before anything is sent', async (name, content, says) => {
    if (content !== undefined) writeFileSync(join(project.path, name), content)
    expect(await runCli(['import', name, '--url', stack.server.url], { cwd: project.path, env })).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(new RegExp(`^trackline: .*${says}`)) })
  })

  it('never writes what was rejected over what is read, nor where it cannot', async () => {
    const lines = logins(1, () => 'over@example.com').join('\n')
    expect(await importFile('over.jsonl', lines, '--rejected', './over.jsonl')).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('--rejected must name another file') })
    expect(readFileSync(join(project.path, 'over.jsonl'), 'utf8')).toBe(lines)
    expect(await importFile('over.jsonl', lines, '--rejected', 'no/such/folder.jsonl')).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^trackline: ENOENT/) })
  })

  it('a line of CSV with too many or too few cells is rejected, the others go', async () => {
    const { stdout, stderr } = await importFile('cells.csv', 'event,email,method\nlogin,cells@example.com,sso\nlogin,cells@example.com\nlogin,cells@example.com,sso,more')
    expect(stdout).toBe('queued 1, duplicate 0, rejected 2\n')
    expect(stderr).toContain('line 3: it has 2 cells, the first line names 3')
  })
})
