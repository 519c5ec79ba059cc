import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, copyFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { openPostgresStore } from '../../src/store/postgres/open-postgres-store.ts'
import { controlOf, serverOn } from '../stage/run-postgres.ts'
import { makeTempFolder } from '../stage/temp-folder.ts'
import { anEvent } from './behaviour/store-stage.ts'

const OWNER_ONLY = 0o600
const hasOpenssl = spawnSync('openssl', ['version']).status === 0
const folder = makeTempFolder()
afterAll(folder.remove)

/** A server that takes encrypted connections alone; it proves the name 127.0.0.1. */
let url: string

beforeAll(async () => {
  if (!hasOpenssl) return void process.stdout.write('encrypted connections to PostgreSQL are not tried: there is no openssl to make certificates\n')
  // The server runs as somebody else, who must be able to reach its folder.
  chmodSync(folder.path, 0o711)
  makeCertificates(folder.path)
  const databaseDir = join(folder.path, 'postgres')
  const { server, port } = await serverOn(databaseDir, ['ssl=on', 'ssl_cert_file=server.crt', 'ssl_key_file=server.key'])
  await server.initialise()
  const { uid, gid } = statSync(databaseDir)
  for (const file of ['server.crt', 'server.key']) {
    copyFileSync(join(folder.path, file), join(databaseDir, file))
    chownSync(join(databaseDir, file), uid, gid)
    chmodSync(join(databaseDir, file), OWNER_ONLY)
  }
  writeFileSync(join(databaseDir, 'pg_hba.conf'), 'hostssl all all 127.0.0.1/32 password\n')
  await server.start()
  afterAll(() => server.stop())
  url = controlOf(server, { databaseDir, port }).url
})

function makeCertificates(path: string): void {
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: path, stdio: 'pipe' })
  for (const ca of ['ca', 'stranger']) openssl(...'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2'.split(' '), '-subj', `/CN=${ca}`, '-keyout', `${ca}.key`, '-out', `${ca}.crt`)
  openssl(...'req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=server -keyout server.key -out server.csr'.split(' '))
  writeFileSync(join(path, 'names.txt'), 'subjectAltName=IP:127.0.0.1\n')
  openssl(...'x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile names.txt -out server.crt'.split(' '))
}

async function open(parameters: string, from = url) {
  const store = await openPostgresStore(`${from}?${parameters}`, {})
  onTestFinished(store.close)
  return store
}

describe.skipIf(!hasOpenssl)('an encrypted connection to PostgreSQL', () => {
  const rootOf = (ca: string) => `sslrootcert=${encodeURIComponent(join(folder.path, `${ca}.crt`))}`

  it('with sslmode=verify-full to a server that proves its name stores events', async () => {
    const store = await open(`sslmode=verify-full&${rootOf('ca')}`)
    expect(await store.enqueue([anEvent({ messageId: 'verify-full' })])).toEqual(['queued'])
  })

  it('with sslmode=no-verify takes any certificate', async () => {
    const store = await open('sslmode=no-verify')
    expect(await store.enqueue([anEvent({ messageId: 'no-verify' })])).toEqual(['queued'])
  })

  it.each([
    ['without sslmode, where the server wants encryption', '', () => url, /no encryption|pg_hba/],
    ['to a server whose certificate somebody else has signed', `sslmode=verify-full&${rootOf('stranger')}`, () => url, /certificate/],
    ['to a server that proves another name', `sslmode=verify-full&${rootOf('ca')}`, () => url.replace('127.0.0.1', 'localhost'), /localhost/],
  ])('%s is refused, and the reason says so', async (_, parameters, from, why) => {
    await expect(open(parameters, from())).rejects.toMatchObject({ code: 'OUTBOX_UNAVAILABLE', cause: expect.stringMatching(why) })
  })
})
