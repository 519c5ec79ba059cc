import { describe, expect, it } from 'vitest'
import { createSignal } from '../src/signal.ts'

const NEVER_MS = 1_000_000

describe('createSignal', () => {
  it('a raise wakes whoever waits', async () => {
    const signal = createSignal()
    const waiting = signal.wait(NEVER_MS)
    signal.raise()
    expect(await waiting).toBe(true)
  })

  it('a raise that nobody waits for is kept for the next, once', async () => {
    const signal = createSignal()
    signal.raise()
    signal.raise()
    expect(await signal.wait(NEVER_MS)).toBe(true)
    expect(await signal.wait(1)).toBe(false)
  })

  it('one that comes while another task runs between two waits is not lost', async () => {
    const signal = createSignal()
    const first = signal.wait(NEVER_MS)
    signal.raise()
    await first
    signal.raise()
    expect(await signal.wait(NEVER_MS)).toBe(true)
  })
})
