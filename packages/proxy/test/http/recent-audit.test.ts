import { describe, expect, it } from 'vitest'
import { recentAudit } from '../../src/http/recent-audit.ts'
import type { Audit } from '../../src/outbox/store.ts'

const NOTHING: Audit = { received: 0, duplicate: 0, rejected: 0, queued: 0, needsIdentity: 0, delivered: 0, dead: 0 }
const SECOND = 1_000

/** An audit that says how often it was asked for. */
function startAudit() {
  const clock = { ms: 0 }
  let asked = 0
  const failing = { isOn: false }
  const audit = async () => {
    asked++
    if (failing.isOn) throw new Error('the disk is away')
    return { ...NOTHING, received: asked }
  }
  return { clock, failing, asked: () => asked, recent: recentAudit(audit, () => new Date(clock.ms)) }
}

describe('the audit that /metrics shows', () => {
  it('is counted once in 15 seconds', async () => {
    const { clock, recent } = startAudit()
    expect((await recent()).received).toBe(1)
    clock.ms = 15 * SECOND - 1
    expect((await recent()).received).toBe(1)
    clock.ms = 15 * SECOND
    expect((await recent()).received).toBe(2)
  })

  it('is counted once for those who ask while it is counted', async () => {
    const { recent, asked } = startAudit()
    await Promise.all([recent(), recent(), recent()])
    expect(asked()).toBe(1)
  })

  it('that failed is told to whoever asked, and asked for again by the next', async () => {
    const { failing, recent } = startAudit()
    failing.isOn = true
    await expect(recent()).rejects.toThrow('the disk is away')
    failing.isOn = false
    expect((await recent()).received).toBe(2)
  })
})
