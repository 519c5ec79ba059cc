import { describe, expect, it } from 'vitest'
import type { Store } from '../../src/outbox/store.ts'
import { refuseUnreadableGrants, rotateKeys, verifyKeys } from '../../src/vault/rotate-keys.ts'
import { createSealer, generateKey } from '../../src/vault/seal.ts'
import { createVault } from '../../src/vault/vault.ts'
import { sqliteStores } from '../store/open-sqlite.ts'

const ACCOUNTS = Array.from({ length: 250 }, (_, index) => index + 1)
const LIFE_SECONDS = 1_800
const START = Date.UTC(2026, 10, 22, 9)
const [K1, K2, K3] = [generateKey('k1'), generateKey('k2'), generateKey('k3')]
const open = sqliteStores()

const clock = { ms: START }
const now = () => new Date(clock.ms)

function vaultWith(store: Store, keys: string) {
  const refresh = async () => ({ kind: 'granted', tokens: { accessToken: 'second', refreshToken: 'r2', expiresIn: LIFE_SECONDS } }) as const
  const world = { now, random: () => 0, sleep: async () => undefined, log: () => undefined }
  return createVault({ ...world, store, sealer: createSealer(keys), refresh, renewWithinMs: 1_000 })
}

/** A store with a connection for each account, and an installation that has begun, all sealed with the first key. */
async function connected(keys: string, accounts = ACCOUNTS) {
  clock.ms = START
  const { store } = await open()
  const vault = vaultWith(store, keys)
  for (const account of accounts) await vault.saveInstall(account, { accessToken: `a${account}`, refreshToken: `r${account}`, expiresIn: LIFE_SECONDS })
  const sealed = createSealer(keys).seal('verifier', 'tickets|install-state|digest')
  await store.addTicket({ kind: 'install-state', digest: 'digest', site: 'main', sealed, expiresAt: START + 1_000 })
  return { store, partsWith: (other: string) => ({ store, sealer: createSealer(other), now }) }
}

describe('rotating keys', () => {
  it('seals everything under the first key, after which everything opens without the old one', async () => {
    const { store, partsWith } = await connected(K1)
    const records = ACCOUNTS.length + 1
    expect(await rotateKeys(partsWith(`${K2},${K1}`))).toEqual({ resealed: records, records, byKey: { k2: records }, unreadable: [] })
    expect(await verifyKeys(partsWith(K2))).toEqual({ records, byKey: { k2: records }, unreadable: [] })
    expect(await vaultWith(store, K2).accessToken(7)).toEqual({ kind: 'token', accessToken: 'a7' })
    const taken = await store.takeTicket({ kind: 'install-state', digest: 'digest', now: START })
    expect(createSealer(K2).open(taken?.sealed ?? '', 'tickets|install-state|digest')).toBe('verifier')
    expect(await rotateKeys(partsWith(`${K2},${K1}`))).toMatchObject({ resealed: 0 })
  })

  it('neither hinders renewals nor undoes one that happens at the same time', async () => {
    const { store, partsWith } = await connected(K1)
    clock.ms += LIFE_SECONDS * 1_000
    const vault = vaultWith(store, `${K2},${K1}`)
    const [rotated, ...tokens] = await Promise.all([
      rotateKeys(partsWith(`${K2},${K1}`)),
      ...ACCOUNTS.map((account) => vault.accessToken(account)),
    ])
    expect(new Set(tokens.map((token) => token.kind === 'token' && token.accessToken))).toEqual(new Set(['second']))
    expect(rotated.unreadable).toEqual([])
    expect(await rotateKeys(partsWith(`${K2},${K1}`))).toMatchObject({ byKey: { k2: ACCOUNTS.length } })
    for (const account of ACCOUNTS) expect(await vaultWith(store, K2).accessToken(account)).toEqual({ kind: 'token', accessToken: 'second' })
  })

  it('leaves what it cannot open as it is, and says so', async () => {
    const { store, partsWith } = await connected(K1, [1, 2])
    const before = await store.readGrant(1)
    const report = await rotateKeys(partsWith(`${K3},${K2}`))
    expect(report).toMatchObject({ resealed: 0, byKey: { k1: 3 } })
    expect(report.unreadable.map(({ kind, id }) => `${kind} ${id}`)).toEqual(['grant 1', 'grant 2', 'install-state digest'])
    expect(report.unreadable[0]?.reason).toContain("'k1'")
    expect(await store.readGrant(1)).toEqual(before)
  })

  it('an account that was disconnected has nothing sealed, and an installation that ran out counts no more', async () => {
    const { store, partsWith } = await connected(K1, [1, 2])
    await vaultWith(store, K1).removeGrant(1)
    clock.ms += 1_001
    expect(await verifyKeys(partsWith(K1))).toEqual({ records: 1, byKey: { k1: 1 }, unreadable: [] })
  })
})

describe('at the start', () => {
  it('a connection that no key opens is refused, with its account, the key and what to do', async () => {
    const { partsWith } = await connected(K1, [62515])
    await expect(refuseUnreadableGrants(partsWith(K2))).rejects.toThrow(/account 62515: .*'k1'.*\n.*trackline disconnect --account/)
    await refuseUnreadableGrants(partsWith(`${K2},${K1}`))
  })

  it('an installation that no key opens is none of it: it is over in ten minutes', async () => {
    const { partsWith } = await connected(K1, [])
    await refuseUnreadableGrants(partsWith(K2))
  })
})
