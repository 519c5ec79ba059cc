import { expect, it } from 'vitest'
import { createSealer, generateKey } from '../../src/vault/seal.ts'
import { createVault } from '../../src/vault/vault.ts'
import { sqliteStores } from '../store/open-sqlite.ts'

const ACCOUNT = 62515
const LIFE_SECONDS = 1_800
const open = sqliteStores()

it('a grant is sealed with the new key at its next renewal; then it opens without the old one', async () => {
  const { store } = await open()
  const clock = { ms: Date.UTC(2026, 10, 22, 9) }
  const [before, after] = [generateKey('k1'), generateKey('k2')]
  const refresh = async () =>
    ({ kind: 'granted', tokens: { accessToken: 'second', refreshToken: 'r2', expiresIn: LIFE_SECONDS } }) as const
  const vaultWith = (keys: string) =>
    createVault({ store, sealer: createSealer(keys), now: () => new Date(clock.ms), random: () => 0, refresh })
  await vaultWith(before).saveInstall(ACCOUNT, { accessToken: 'first', refreshToken: 'r1', expiresIn: LIFE_SECONDS })

  expect(await vaultWith(`${after},${before}`).accessToken(ACCOUNT)).toEqual({ kind: 'token', accessToken: 'first' })
  expect(await vaultWith(after).accessToken(ACCOUNT)).toMatchObject({ outcome: { code: 'GRANT_UNREADABLE' } })
  clock.ms += 0.75 * LIFE_SECONDS * 1_000
  await vaultWith(`${after},${before}`).accessToken(ACCOUNT)
  expect(await vaultWith(after).accessToken(ACCOUNT)).toEqual({ kind: 'token', accessToken: 'second' })
})
