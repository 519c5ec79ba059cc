import { describe, expect, it } from 'vitest'
import { startEmulator } from '../src/index.ts'
import { openEmulator } from './open-account.ts'

describe('startEmulator', () => {
  it('listens on the address it reports and stops when closed', async () => {
    const emulator = await startEmulator()
    expect(emulator.url).toBe(`http://127.0.0.1:${emulator.port}`)
    expect((await fetch(emulator.url)).status).toBe(200)
    await emulator.close()
    await expect(fetch(emulator.url)).rejects.toThrow()
  })

  it('says which port is taken', async () => {
    const { emulator } = await openEmulator()
    await expect(startEmulator({ port: emulator.port })).rejects.toThrow(`port ${emulator.port} is already in use`)
  })

  it.each([
    [{ port: 70_000 }, 'port must be a whole number from 0 to 65535, not 70000'],
    [{ per10s: 0 }, 'per10s must be a whole number from 1 to 1000000, not 0'],
    [{ accessTokenSeconds: 0 }, 'accessTokenSeconds must be a whole number from 1 to 86400, not 0'],
  ])('refuses %o', async (options, message) => {
    await expect(startEmulator(options)).rejects.toThrow(new TypeError(message))
  })

  it("answers an unknown path in HubSpot's error body", async () => {
    const { get } = await openEmulator()
    const { status, json } = await get('/crm/v9/nothing')
    expect(status).toBe(404)
    expect(json).toMatchObject({
      status: 'error',
      category: 'OBJECT_NOT_FOUND',
      correlationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
  })

  it('shares nothing with another emulator', async () => {
    const [first, second] = [await openEmulator({ autoConsent: true }), await openEmulator()]
    await first.post('/_emulator/faults', { next: 2, drop: true })
    expect((await second.get('/_emulator/faults')).json).toEqual([])
  })
})
