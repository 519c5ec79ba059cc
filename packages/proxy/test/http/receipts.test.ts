import { ReceiptError, sharedSecret, verifyReceipt, verifySession } from '@trackline/session'
import { afterAll, describe, expect, it } from 'vitest'
import { generateServerKey } from '../../src/identity/server-key.ts'
import { rotateKeys } from '../../src/vault/rotate-keys.ts'
import { createReceiptSigner } from '../../src/vault/receipt-signer.ts'
import { createSealer, generateKey } from '../../src/vault/seal.ts'
import { expectProblem } from '../stage/client.ts'
import { PORTAL, PUBLIC_URL, SECRET, startStack } from '../stage/start-stack.ts'
import { until } from '../stage/until.ts'

const server = generateServerKey()
const stack = await startStack({ site: { serverKeys: [`${server.digest} events:read`] } })
afterAll(stack.close)
const [ada, grace] = [await stack.mint(), await stack.mint({ sub: 'grace', email: 'grace@example.com' })]
const ask = (path: string, token = ada) => stack.send(path, { headers: { authorization: `Bearer ${token}` } })
const keysOf = async () => (await stack.send('/.well-known/trackline-jwks.json')).json
const login = (messageId: string) => ({ event: 'login', messageId, properties: { method: 'sso' }, extraData: { note: 'ünïcode' } })

async function receiptOf(messageId: string): Promise<{ receipt: string; payload: string }> {
  const { receipt, payload } = (await ask(`/v1/events/${messageId}/receipt`)).json
  return { receipt: String(receipt), payload: String(payload) }
}

await stack.track(login('m1'), { token: ada })
await until('it is delivered', async () => (await ask('/v1/events/m1')).json.state === 'delivered')

describe('a receipt', () => {
  it('proves later, with nobody asked, what was accepted, for whom, and that HubSpot has it', async () => {
    const { receipt, payload } = await receiptOf('m1')
    const found = await verifyReceipt(receipt, { keys: await keysOf(), issuer: PUBLIC_URL, payload, email: 'ada@example.com' })
    const [event] = await stack.timelineOf('ada@example.com')
    expect(found).toMatchObject({
      issuer: PUBLIC_URL,
      site: 'main',
      portal: PORTAL,
      messageId: 'm1',
      receivedAt: expect.stringMatching(/Z$/),
      deliveries: [{ target: 'timeline-v3', eventId: event?.id, state: 'delivered', settledAt: expect.stringMatching(/Z$/) }],
    })
    expect(JSON.parse(payload)).toMatchObject({ event: 'login', messageId: 'm1', properties: { method: 'sso' }, extraData: { note: 'ünïcode' } })
  })

  it('holds the email as a digest alone', async () => {
    const { receipt } = await receiptOf('m1')
    expect(Buffer.from(receipt.split('.')[1] ?? '', 'base64url').toString()).not.toContain('ada@')
  })

  it.each<[string, (given: { receipt: string; payload: string }) => Partial<Parameters<typeof verifyReceipt>[1]> & { receipt?: string }, RegExp]>([
    ['another payload', ({ payload }) => ({ payload: payload.replace('sso', 'password') }), /another payload/],
    ['another email', () => ({ email: 'grace@example.com' }), /another email/],
    ['another proxy', () => ({ issuer: 'https://other.example.com' }), /another proxy/],
    ['a signature with one character changed', ({ receipt }) => ({ receipt: receipt.slice(0, -3) + (receipt.at(-3) === 'A' ? 'B' : 'A') + receipt.slice(-2) }), /not what a proxy signed/],
    ['no signature', ({ receipt }) => ({ receipt: receipt.replace(/[^.]*$/, '') }), /not what a proxy signed/],
  ])('does not prove %s', async (_, change, says) => {
    const given = await receiptOf('m1')
    const { receipt = given.receipt, ...options } = change(given)
    const attempt = verifyReceipt(receipt, { keys: await keysOf(), issuer: PUBLIC_URL, ...options })
    await expect(attempt).rejects.toThrow(says)
    await expect(attempt).rejects.toBeInstanceOf(ReceiptError)
  })

  it.each(['payload', 'email'])('with %s that is undefined is a mistake, not a receipt for any', async (option) => {
    const { receipt } = await receiptOf('m1')
    const attempt = verifyReceipt(receipt, { keys: await keysOf(), issuer: PUBLIC_URL, [option]: undefined })
    await expect(attempt).rejects.toThrow(`\`${option}\` must be a text`)
  })

  it('is no session token, and a session token is no receipt', async () => {
    const { receipt } = await receiptOf('m1')
    await expect(verifySession(receipt, sharedSecret({ secret: SECRET }))).rejects.toMatchObject({ code: 'SESSION_INVALID' })
    await expect(verifyReceipt(ada, { keys: await keysOf(), issuer: PUBLIC_URL })).rejects.toThrow(/not a receipt/)
  })

  it("is given out to the person whose event it is, and to a server key that may read; to nobody else", async () => {
    expectProblem(await ask('/v1/events/m1/receipt', grace), 'EVENT_NOT_FOUND')
    expectProblem(await stack.send('/v1/events/m1/receipt'), 'SESSION_MISSING')
    expect((await ask('/v1/events/m1/receipt', server.key)).status).toBe(200)
  })

  it('of an event that waits says so', async () => {
    const nobody = await stack.mint({ sub: 'nobody knows' })
    await stack.track(login('waits'), { token: nobody })
    const { receipt } = (await ask('/v1/events/waits/receipt', nobody)).json
    const { deliveries } = await verifyReceipt(String(receipt), { keys: await keysOf(), issuer: PUBLIC_URL })
    expect(deliveries).toMatchObject([{ state: 'needs_identity' }])
    expect(deliveries[0]?.settledAt).toBeUndefined()
  })
})

describe('the keys of receipts', () => {
  it('are public alone, for every page to read', async () => {
    const { headers, json } = await stack.send('/.well-known/trackline-jwks.json')
    expect(headers.get('access-control-allow-origin')).toBe('*')
    expect(json).toEqual({ keys: [{ kty: 'EC', crv: 'P-256', x: expect.any(String), y: expect.any(String), kid: expect.any(String), alg: 'ES256', use: 'sig' }] })
  })

  it('lie sealed in the store, and what an older one signed is verified after it was followed by another', async () => {
    const before = await receiptOf('m1')
    const { receipts, store } = stack.server.parts
    const kid = await receipts.rotate()
    const after = await receiptOf('m1')
    expect(JSON.parse(Buffer.from(after.receipt.split('.')[0] ?? '', 'base64url').toString())).toMatchObject({ kid, alg: 'ES256' })
    for (const { receipt } of [before, after]) await verifyReceipt(receipt, { keys: await keysOf(), issuer: PUBLIC_URL })
    for (const { sealed } of await store.readSigningKeys()) expect(sealed).not.toContain('PRIVATE KEY')
    const kinds = (await store.listSealed({ now: 0, limit: 100 })).map((record) => record.kind)
    expect(kinds.filter((kind) => kind === 'signing-key')).toHaveLength(2)
    const sealer = createSealer(`${generateKey('k2')},${stack.options.keys}`)
    expect(await rotateKeys({ store, sealer, now: () => new Date() })).toMatchObject({ resealed: kinds.length, unreadable: [], byKey: { k2: kinds.length } })
  })

  it('are published also where what sealed them is lost; another one signs once it was made', async () => {
    const { store } = stack.server.parts
    const signer = createReceiptSigner({ store, sealer: createSealer(generateKey('other')), now: () => new Date(), newId: () => 'another' })
    expect(await signer.published()).toEqual(await keysOf())
    await expect(signer.sign({})).rejects.toThrow()
    await signer.rotate()
    expect(await signer.sign({})).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/)
    expect((await signer.published()).keys).toHaveLength(3)
  })
})
