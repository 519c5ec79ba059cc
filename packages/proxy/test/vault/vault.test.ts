import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createSealer, generateKey } from '../../src/vault/seal.ts'
import { createVault } from '../../src/vault/vault.ts'
import type { RefreshAnswer } from '../../src/vault/vault.ts'
import type { Grant } from '../../src/vault/sealed-grant.ts'
import { until } from '../stage/until.ts'
import { sqliteStores } from '../store/open-sqlite.ts'

const ACCOUNT = 62515
const START = Date.UTC(2026, 10, 22, 9)
const SECOND = 1_000
const LIFE_SECONDS = 1_800
const RENEW_WITHIN_MS = 25_000
const open = sqliteStores()

function tokens(name: string): Grant {
  return { accessToken: `access ${name}`, refreshToken: `refresh ${name}`, expiresIn: LIFE_SECONDS }
}

/** A vault on a real store; `refresh` is what HubSpot would answer, and the clock stands where the test puts it. */
async function openVault(answer: (refreshToken: string, calls: number) => RefreshAnswer | Promise<RefreshAnswer>, random = 0) {
  const { store, path } = await open()
  const clock = { ms: START }
  const asked: string[] = []
  // Who waits for another lets the clock run on.
  const sleep = async (ms: number) => void (clock.ms += ms)
  const world = { now: () => new Date(clock.ms), random: () => random, sleep, log: () => undefined }
  const options = { ...world, store, sealer: createSealer(generateKey('k1')), renewWithinMs: RENEW_WITHIN_MS }
  const refresh = async (refreshToken: string) => answer(refreshToken, asked.push(refreshToken))
  const vault = createVault({ ...options, refresh })
  await vault.saveInstall(ACCOUNT, tokens('first'))
  return { vault, options, store, path, clock, asked }
}

const granted = (name: string): RefreshAnswer => ({ kind: 'granted', tokens: tokens(name) })
const UNAVAILABLE: RefreshAnswer = { kind: 'unavailable', reason: '503: no service' }

describe('the access token', () => {
  it('is handed out as it is while the clock says it is good', async () => {
    const { vault, clock, asked } = await openVault(() => granted('second'))
    clock.ms += 0.75 * LIFE_SECONDS * SECOND - 1
    expect(await vault.accessToken(ACCOUNT)).toEqual({ kind: 'token', accessToken: 'access first' })
    expect(asked).toEqual([])
  })

  it.each([
    [0, 0.75],
    [0.5, 0.825],
    [1, 0.9],
  ])('with chance %d is renewed after %d of its life, before it expires', async (random, share) => {
    const { vault, clock, asked } = await openVault(() => granted('second'), random)
    clock.ms += Math.floor(share * LIFE_SECONDS * SECOND) - 1
    expect(await vault.accessToken(ACCOUNT)).toEqual({ kind: 'token', accessToken: 'access first' })
    clock.ms += 1
    expect(await vault.accessToken(ACCOUNT)).toEqual({ kind: 'token', accessToken: 'access second' })
    expect(asked).toEqual(['refresh first'])
  })

  it('is renewed with the latest refresh token, whichever came last', async () => {
    const { vault, clock, asked } = await openVault((_, calls) => granted(`number ${calls}`))
    for (let times = 0; times < 3; times++) {
      clock.ms += LIFE_SECONDS * SECOND
      await vault.accessToken(ACCOUNT)
    }
    expect(asked).toEqual(['refresh first', 'refresh number 1', 'refresh number 2'])
  })

  it('is renewed once, however many ask at the same moment, and all get the new one', async () => {
    const { vault, clock, asked } = await openVault(() => granted('second'))
    clock.ms += LIFE_SECONDS * SECOND
    const answers = await Promise.all(Array.from({ length: 20 }, () => vault.accessToken(ACCOUNT)))
    expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toEqual(
      new Set([JSON.stringify({ kind: 'token', accessToken: 'access second' })]),
    )
    expect(asked).toHaveLength(1)
  })

  it('that HubSpot has refused is renewed although the clock says it is good, once', async () => {
    const { vault, asked } = await openVault(() => granted('second'))
    expect(await vault.accessToken(ACCOUNT, 'access first')).toEqual({ kind: 'token', accessToken: 'access second' })
    expect(await vault.accessToken(ACCOUNT, 'access first')).toEqual({ kind: 'token', accessToken: 'access second' })
    expect(asked).toHaveLength(1)
  })
})

describe('a renewal that does not succeed', () => {
  it('leaves the old token in use while it is good, and asks again 30 seconds later', async () => {
    const { vault, clock, asked } = await openVault((_, calls) => (calls === 1 ? UNAVAILABLE : granted('second')))
    clock.ms += (LIFE_SECONDS - 60) * SECOND
    for (let times = 0; times < 3; times++) {
      expect(await vault.accessToken(ACCOUNT)).toEqual({ kind: 'token', accessToken: 'access first' })
    }
    expect(asked).toHaveLength(1)
    clock.ms += 30 * SECOND
    expect(await vault.accessToken(ACCOUNT)).toEqual({ kind: 'token', accessToken: 'access second' })
    expect(asked).toHaveLength(2)
  })

  it('after the old token has expired is a retry that says why', async () => {
    const { vault, clock } = await openVault(() => UNAVAILABLE)
    clock.ms += LIFE_SECONDS * SECOND
    expect(await vault.accessToken(ACCOUNT)).toEqual({
      kind: 'none',
      outcome: { kind: 'retry', code: 'GRANT_REFRESH_FAILED', detail: '503: no service' },
    })
  })

  it('because HubSpot refused parks the account: nobody asks again, and the next caller hears why', async () => {
    const { vault, clock, asked, store } = await openVault(() => ({ kind: 'refused', reason: 'BAD_REFRESH_TOKEN: gone' }))
    clock.ms += LIFE_SECONDS * SECOND
    const refused = { kind: 'none', outcome: { kind: 'retry', code: 'RECONNECT_NEEDED', detail: 'BAD_REFRESH_TOKEN: gone' } }
    expect(await vault.accessToken(ACCOUNT)).toEqual(refused)
    expect(await vault.accessToken(ACCOUNT)).toEqual(refused)
    expect(asked).toHaveLength(1)
    expect(await store.readGrant(ACCOUNT)).toMatchObject({ state: 'reconnect', problem: 'BAD_REFRESH_TOKEN: gone', version: 2 })
  })

  it('is over once the account is connected again', async () => {
    const { vault, clock } = await openVault(() => ({ kind: 'refused', reason: 'gone' }))
    clock.ms += LIFE_SECONDS * SECOND
    await vault.accessToken(ACCOUNT)
    await vault.saveInstall(ACCOUNT, tokens('reconnected'))
    expect(await vault.accessToken(ACCOUNT)).toEqual({ kind: 'token', accessToken: 'access reconnected' })
  })
})

describe('two processes on one store', () => {
  it('of two that find the token due at once, one asks HubSpot; the other serves the old token while it is good', async () => {
    const meanwhile: unknown[] = []
    const { vault, options, clock } = await openVault(async () => {
      meanwhile.push(await other.accessToken(ACCOUNT))
      return granted('second')
    })
    const other = createVault({ ...options, refresh: async () => expect.fail('two have asked') })
    clock.ms += 0.95 * LIFE_SECONDS * SECOND
    expect(await vault.accessToken(ACCOUNT)).toEqual({ kind: 'token', accessToken: 'access second' })
    expect(meanwhile).toEqual([{ kind: 'token', accessToken: 'access first' }])
    expect(await other.accessToken(ACCOUNT)).toEqual({ kind: 'token', accessToken: 'access second' })
  })

  it('a process that is about to end waits for nobody', async () => {
    const { options, store, clock } = await openVault(() => granted('second'))
    clock.ms += LIFE_SECONDS * SECOND
    expect(await store.claimRenewal({ account: ACCOUNT, version: 1, now: clock.ms, until: clock.ms + RENEW_WITHIN_MS })).toBe(true)
    const endAt = clock.ms + SECOND
    const vault = createVault({ ...options, refresh: async () => expect.fail('two have asked'), isEnding: () => clock.ms >= endAt })
    expect(await vault.accessToken(ACCOUNT)).toMatchObject({ kind: 'none', outcome: { code: 'GRANT_REFRESH_FAILED' } })
    expect(clock.ms - endAt).toBeLessThan(SECOND)
  })

  it('of two that find the token expired, the other waits for what the one gets', async () => {
    const others: Promise<unknown>[] = []
    const { vault, options, clock } = await openVault(async () => {
      others.push(other.accessToken(ACCOUNT))
      await until('the other is waiting', () => clock.ms > START + LIFE_SECONDS * SECOND)
      return granted('second')
    })
    const other = createVault({ ...options, refresh: async () => expect.fail('two have asked') })
    clock.ms += LIFE_SECONDS * SECOND
    expect(await vault.accessToken(ACCOUNT)).toEqual({ kind: 'token', accessToken: 'access second' })
    expect(await Promise.all(others)).toEqual([{ kind: 'token', accessToken: 'access second' }])
  })

  it('of two where the one died while it renewed, the other renews once its time is over', async () => {
    const { vault, options, clock, store } = await openVault(() => granted('second'))
    clock.ms += LIFE_SECONDS * SECOND
    const dead = { account: ACCOUNT, version: 1, now: clock.ms, until: clock.ms + options.renewWithinMs }
    expect(await store.claimRenewal(dead)).toBe(true)
    expect(await vault.accessToken(ACCOUNT)).toEqual({ kind: 'token', accessToken: 'access second' })
    expect(clock.ms).toBeGreaterThanOrEqual(dead.until)
  })

  it('one that fails gives the right to renew back', async () => {
    const { vault, clock, options } = await openVault(() => UNAVAILABLE)
    clock.ms += LIFE_SECONDS * SECOND
    await vault.accessToken(ACCOUNT)
    const before = clock.ms
    const other = createVault({ ...options, refresh: async () => granted('second') })
    expect(await other.accessToken(ACCOUNT)).toEqual({ kind: 'token', accessToken: 'access second' })
    expect(clock.ms).toBe(before)
  })

  it("of two that renew at once (one took longer than it may), the one that saves late takes the other's token", async () => {
    const { vault, options, clock } = await openVault(async () => {
      clock.ms += options.renewWithinMs
      await other.accessToken(ACCOUNT)
      return granted('late')
    })
    const other = createVault({ ...options, refresh: async () => granted('early') })
    clock.ms += LIFE_SECONDS * SECOND
    expect(await vault.accessToken(ACCOUNT)).toEqual({ kind: 'token', accessToken: 'access early' })
  })

  it('a refusal that comes after another renewed is no reason to reconnect', async () => {
    const { vault, options, clock, store } = await openVault(async () => {
      clock.ms += options.renewWithinMs
      await other.accessToken(ACCOUNT)
      return { kind: 'refused', reason: 'the refresh token was replaced' }
    })
    const other = createVault({ ...options, refresh: async () => granted('early') })
    clock.ms += LIFE_SECONDS * SECOND
    expect(await vault.accessToken(ACCOUNT)).toEqual({ kind: 'token', accessToken: 'access early' })
    expect((await store.readGrant(ACCOUNT))?.state).toBe('connected')
  })
})

describe('a connection that is given up', () => {
  it('leaves nothing of the tokens behind, and is NOT_CONNECTED until there is a new one', async () => {
    const { vault, store } = await openVault(() => UNAVAILABLE)
    expect(await vault.removeGrant(ACCOUNT)).toEqual({ wasConnected: true, grant: tokens('first') })
    expect(await store.readGrant(ACCOUNT)).toMatchObject({ state: 'disconnected', sealed: '', version: 2 })
    expect(await vault.accessToken(ACCOUNT)).toEqual({ kind: 'none', outcome: { kind: 'retry', code: 'NOT_CONNECTED' } })
    expect(await vault.removeGrant(ACCOUNT)).toEqual({ wasConnected: false })
    await vault.saveInstall(ACCOUNT, tokens('again'))
    expect(await vault.accessToken(ACCOUNT)).toEqual({ kind: 'token', accessToken: 'access again' })
  })

  it('does not come back by a renewal that had begun before', async () => {
    const { vault, options, clock } = await openVault(async () => {
      await other.removeGrant(ACCOUNT)
      return granted('late')
    })
    const other = createVault({ ...options, refresh: async () => UNAVAILABLE })
    clock.ms += LIFE_SECONDS * SECOND
    expect(await vault.accessToken(ACCOUNT)).toMatchObject({ kind: 'none', outcome: { code: 'NOT_CONNECTED' } })
  })
})

describe('the grant on disk', () => {
  it('holds no token in clear, and opens for its own account and version only', async () => {
    const { store, options } = await openVault(() => UNAVAILABLE)
    const grant = await store.readGrant(ACCOUNT)
    expect(JSON.stringify(grant)).not.toMatch(/access first|refresh first/)
    await store.saveGrant({ ...(grant ?? expect.fail()), account: 7 })
    const stolen = createVault({ ...options, refresh: async () => UNAVAILABLE })
    expect(await stolen.accessToken(7)).toMatchObject({ kind: 'none', outcome: { kind: 'retry', code: 'GRANT_UNREADABLE' } })
  })

  it('sealed with a key that is not configured is a retry that names the key', async () => {
    const { options } = await openVault(() => UNAVAILABLE)
    const { accessToken } = createVault({ ...options, sealer: createSealer(generateKey('k2')), refresh: async () => UNAVAILABLE })
    expect(await accessToken(ACCOUNT)).toMatchObject({
      outcome: { kind: 'retry', code: 'GRANT_UNREADABLE', detail: expect.stringContaining("'k1'") },
    })
  })

  it('of an account that was never connected is NOT_CONNECTED', async () => {
    const { vault } = await openVault(() => UNAVAILABLE)
    expect(await vault.accessToken(7)).toEqual({ kind: 'none', outcome: { kind: 'retry', code: 'NOT_CONNECTED' } })
  })

  it('is written before a new token is used: when it cannot be, nobody gets the token', async () => {
    const { vault, path, clock } = await openVault(() => granted('second'))
    const disk = new DatabaseSync(path)
    onTestFinished(() => disk.close())
    disk.exec("create trigger refuse before update on grants begin select raise(abort, 'disk is full'); end")
    clock.ms += LIFE_SECONDS * SECOND
    await expect(vault.accessToken(ACCOUNT)).rejects.toMatchObject({ code: 'OUTBOX_UNAVAILABLE' })
    disk.exec('drop trigger refuse')
    expect(await vault.accessToken(ACCOUNT)).toEqual({ kind: 'token', accessToken: 'access second' })
  })
})
