import { describe, expect, it } from 'vitest'
import { jwks, oidc, verifySession } from '../../src/index.ts'
import type { KeyStore } from '../../src/index.ts'
import { forgeToken, goodClaims } from '../support/forge-token.ts'
import { after, AUDIENCE, ISSUER, NOW, NOW_SECONDS } from '../support/moment.ts'
import { refusalOf } from '../support/refusal-of.ts'
import { publish, reply, serveKeys } from '../support/serve-keys.ts'
import type { KeyServer } from '../support/serve-keys.ts'
import { serveProvider } from '../support/serve-provider.ts'
import { ecSigner, rsaSigner } from '../support/signers.ts'

const HOUR = 3600
const signer = ecSigner('first')
const later = ecSigner('later')
const lasting = (by: typeof signer) => forgeToken(by, { payload: { ...goodClaims(), exp: NOW_SECONDS + 48 * HOUR } })
const token = lasting(signer)

/** A store that keeps texts, and says when it was written to. */
function memoryStore() {
  const texts = new Map<string, string>()
  let written = Promise.withResolvers<void>()
  const store: KeyStore = {
    read: async (address) => texts.get(address),
    write: async (address, text) => {
      texts.set(address, text)
      written.resolve()
      written = Promise.withResolvers<void>()
    },
  }
  return { ...store, texts, nextWrite: () => written.promise }
}

/** A process that starts: nothing is remembered but what is in the store. */
const started = ({ url }: KeyServer) => jwks({ url, issuer: ISSUER })

async function afterOneLoad(server: KeyServer) {
  const store = memoryStore()
  const written = store.nextWrite()
  await verifySession(token, started(server), { now: after(0), keyStore: store })
  await written
  return store
}

describe('a key store', () => {
  it('that could not be read is read again', async () => {
    await using server = await serveKeys([signer.publicJwk])
    const stored = await afterOneLoad(server)
    server.answer = reply(500)
    const preset = started(server)
    const away: KeyStore = { ...stored, read: () => Promise.reject(new Error('the store is away')) }
    expect((await refusalOf(verifySession(token, preset, { now: after(1), keyStore: away }))).reason).toBe('keys_unavailable')
    await expect(verifySession(token, preset, { now: after(2), keyStore: stored })).resolves.toMatchObject({ subject: 'ada' })
  })

  it('that holds what cannot be read is read no more often than the provider is asked', async () => {
    await using server = await serveKeys([signer.publicJwk])
    server.answer = reply(500)
    const preset = started(server)
    let reads = 0
    const keyStore: KeyStore = { read: async () => (reads++, 'no key set'), write: async () => {} }
    for (let second = 0; second < 29; second++) {
      expect((await refusalOf(verifySession(token, preset, { now: after(second), keyStore }))).reason).toBe('keys_unavailable')
    }
    expect([reads, server.hits]).toEqual([2, 1])
  })

  it('keeps sessions good through a restart during an outage, for the rest of the 24 hours', async () => {
    await using server = await serveKeys([signer.publicJwk])
    const keyStore = await afterOneLoad(server)
    server.answer = reply(500)
    const preset = started(server)
    for (const hours of [1, 24]) {
      const session = await verifySession(token, preset, { now: after(hours * HOUR), keyStore })
      expect(session.subject).toBe('ada')
    }
    const refusal = await refusalOf(verifySession(token, preset, { now: after(24 * HOUR + 1), keyStore }))
    expect(refusal.code).toBe('SESSION_KEYS_UNAVAILABLE')
    const restarted = verifySession(token, started(server), { now: after(24 * HOUR + 2), keyStore })
    expect((await refusalOf(restarted)).code).toBe('SESSION_KEYS_UNAVAILABLE')
  })

  it('spares the first request after a restart, then refreshes behind the answer', async () => {
    await using server = await serveKeys([signer.publicJwk])
    const keyStore = await afterOneLoad(server)
    const preset = started(server)
    await verifySession(token, preset, { now: after(60), keyStore })
    expect(server.hits).toBe(1)
    server.answer = publish([later.publicJwk])
    const written = keyStore.nextWrite()
    await expect(verifySession(token, preset, { now: after(HOUR), keyStore })).resolves.toMatchObject({ subject: 'ada' })
    await written
    expect(server.hits).toBe(2)
    expect((await refusalOf(verifySession(token, preset, { now: after(HOUR), keyStore }))).reason).toBe('unknown_kid')
  })

  it('is read once, however many tokens come first', async () => {
    await using server = await serveKeys([signer.publicJwk])
    const { texts, write } = await afterOneLoad(server)
    let reads = 0
    const keyStore: KeyStore = { read: async (address) => ((reads += 1), texts.get(address)), write }
    const preset = started(server)
    await Promise.all(Array.from({ length: 20 }, () => verifySession(token, preset, { now: after(60), keyStore })))
    expect([reads, server.hits]).toEqual([1, 1])
  })

  it('asks the provider for a key that the stored set lacks', async () => {
    await using server = await serveKeys([signer.publicJwk])
    const keyStore = await afterOneLoad(server)
    server.answer = publish([signer.publicJwk, later.publicJwk])
    const attempt = verifySession(lasting(later), started(server), { now: after(60), keyStore })
    await expect(attempt).resolves.toMatchObject({ subject: 'ada' })
  })

  it('is given public keys alone, and when they were loaded, under the address of the set', async () => {
    await using server = await serveKeys([{ ...signer.publicJwk, note: 'x' }, { kty: 'oct', k: 'CANARY' }])
    const { texts } = await afterOneLoad(server)
    const { kty, crv, x, y, kid } = signer.publicJwk
    const stored = { loadedAtMs: NOW.getTime(), keys: [{ kty, crv, x, y, kid, alg: 'ES256' }] }
    expect(Object.fromEntries([...texts].map(([address, text]) => [address, JSON.parse(text)]))).toEqual({ [`${server.url} RS256,ES256,EdDSA`]: stored })
  })

  it('keeps the keys that were found by discovery, so that a restart needs neither document', async () => {
    const discovery = `${ISSUER}.well-known/openid-configuration`
    const keys = 'https://keys.example.com/jwks'
    await using served = await serveProvider({ [discovery]: { issuer: ISSUER, jwks_uri: keys }, [keys]: [signer.publicJwk] })
    const start = () => oidc({ issuer: ISSUER, audience: AUDIENCE, fetch: served.fetch })
    const keyStore = memoryStore()
    const written = keyStore.nextWrite()
    await verifySession(forgeToken(signer), start(), { now: after(0), keyStore })
    await written
    served.server.answer = reply(500)
    const attempt = verifySession(forgeToken(signer), start(), { now: after(60), keyStore })
    await expect(attempt).resolves.toMatchObject({ subject: 'ada' })
  })

  it.each<[string, string]>([
    ['nonsense', 'nonsense'],
    ['no time', JSON.stringify({ keys: [signer.publicJwk] })],
    ['a time that is no number', JSON.stringify({ loadedAtMs: 'now', keys: [signer.publicJwk] })],
    ['no keys', JSON.stringify({ loadedAtMs: NOW.getTime(), keys: [] })],
    ['a key too weak', JSON.stringify({ loadedAtMs: NOW.getTime(), keys: [rsaSigner('weak', 1024).publicJwk] })],
    ['more than 256 KiB', JSON.stringify({ loadedAtMs: NOW.getTime(), keys: [signer.publicJwk], filler: 'x'.repeat(262_144) })],
  ])('that holds %s is no reason to refuse a session, and is said to have failed', async (_, text) => {
    await using server = await serveKeys([signer.publicJwk])
    const preset = started(server)
    const keyStore = { read: async () => text, write: () => new Promise<void>(() => {}) }
    await expect(verifySession(token, preset, { now: after(0), keyStore })).resolves.toMatchObject({ subject: 'ada' })
    expect(preset.describeKeys?.(NOW)).toMatchObject({ keyCount: 1, failure: undefined })
    expect(preset.describeKeys?.(NOW).storeFailure).toEqual(expect.any(String))
  })

  it('that fails to be written is no reason to refuse a session, and is said to have failed', async () => {
    await using server = await serveKeys([signer.publicJwk])
    const preset = started(server)
    const keyStore = { read: async () => undefined, write: () => Promise.reject(new Error('the disk is full')) }
    await expect(verifySession(token, preset, { now: after(0), keyStore })).resolves.toMatchObject({ subject: 'ada' })
    await expect.poll(() => preset.describeKeys?.(NOW).storeFailure).toBe('the disk is full')
  })

  it.each([[{}], [{ read: async () => undefined }], [42]])('%j is none: a TypeError', async (keyStore) => {
    await using server = await serveKeys([signer.publicJwk])
    // A caller without types can pass anything.
    const attempt = verifySession(token, started(server), { keyStore: keyStore as never })
    await expect(attempt).rejects.toThrow('`keyStore` must be an object with read(name) and write(name, text)')
  })
})

describe('describeKeys', () => {
  it('tells the age of the key set, how many keys it has, and why the last load failed', async () => {
    await using server = await serveKeys([signer.publicJwk, later.publicJwk])
    const preset = started(server)
    const address = server.url
    const none = { address, ageSeconds: undefined, keyCount: 0, failure: undefined, storeFailure: undefined }
    expect(preset.describeKeys?.(NOW)).toEqual(none)
    await verifySession(token, preset, { now: after(0) })
    expect(preset.describeKeys?.(after(90)())).toMatchObject({ ageSeconds: 90, keyCount: 2, failure: undefined })
    server.answer = reply(500)
    await verifySession(token, preset, { now: after(HOUR) })
    const failure = `the key set at ${address} could not be loaded: expected status 200, got 500`
    await expect.poll(() => preset.describeKeys?.(after(HOUR)()).failure).toBe(failure)
    expect(preset.describeKeys?.(after(HOUR)())).toMatchObject({ ageSeconds: HOUR, keyCount: 2 })
  })
})
