import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { ContactWrite } from '../../../src/outbox/contact-write.ts'
import { ACCOUNT } from './store-stage.ts'
import type { OpenStore } from './store-stage.ts'

const aWrite = (changes: Partial<ContactWrite> = {}): ContactWrite => ({ contact: 'ada', name: 'last_login', rank: 10, seq: 5, ...changes })

/** Which writes stand on HubSpot's contacts. */
export function contactWriting(open: OpenStore): void {
  it('remembers a write for each contact, name and account, after a restart too', async () => {
    const { store, reopen } = await open()
    const writes = [aWrite(), aWrite({ name: 'logins count', rank: 3 }), aWrite({ contact: 'bob', rank: -1 })]
    await store.noteContactWrites({ account: ACCOUNT, writes })
    await store.noteContactWrites({ account: ACCOUNT + 1, writes: [aWrite({ rank: 99 })] })
    const again = await reopen()
    const found = await again.readContactWrites({ account: ACCOUNT, contacts: ['bob', 'ada', 'nobody'] })
    expect(found).toHaveLength(writes.length)
    expect(found).toEqual(expect.arrayContaining(writes))
  })

  it('of several the highest rank stands, and of equal ones the highest seq, in whatever order and company they are noted', async () => {
    const write = fc.record({ contact: fc.constantFrom('ada', 'bob'), name: fc.constantFrom('a', 'b'), rank: fc.integer({ min: -2, max: 2 }), seq: fc.integer({ min: 1, max: 3 }) })
    let account = ACCOUNT
    const { store } = await open()
    await fc.assert(
      fc.asyncProperty(fc.array(write, { minLength: 1, maxLength: 12 }), async (writes) => {
        account += 1
        await Promise.all(writes.map((each) => store.noteContactWrites({ account, writes: [each] })))
        for (const { contact, name, rank, seq } of await store.readContactWrites({ account, contacts: ['ada', 'bob'] })) {
          const [highest] = writes.filter((each) => each.contact === contact && each.name === name).toSorted((a, b) => b.rank - a.rank || b.seq - a.seq)
          expect({ contact, name, rank, seq }).toEqual(highest)
        }
      }),
      { numRuns: 30 },
    )
  })
}
