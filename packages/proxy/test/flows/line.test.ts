import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLine } from '../../src/flows/deliver-events/line.ts'
import type { Row } from '../../src/outbox/event.ts'
import { aRow } from './a-row.ts'

const rowOf = (seq: number, email: string): Row => aRow({ seq, person: { subject: email, email } })
const seqs = (rows: Row[]) => rows.map(({ seq }) => seq)

describe('a line of rows', () => {
  it('gives them out in the order of arrival, as many as fit', () => {
    const line = createLine()
    line.add([rowOf(1, 'ada'), rowOf(2, 'bob'), rowOf(3, 'eve')])
    expect(seqs(line.take(2))).toEqual([1, 2])
    expect(seqs(line.take(2))).toEqual([3])
  })

  it('several of one person may share a batch', () => {
    const line = createLine()
    line.add([rowOf(1, 'ada'), rowOf(2, 'ada')])
    expect(seqs(line.take(9))).toEqual([1, 2])
  })

  it('while one of a person is on its way their others wait, and other people go', () => {
    const line = createLine()
    line.add([rowOf(1, 'ada'), rowOf(2, 'Ada'), rowOf(3, 'bob')])
    const first = line.take(1)
    expect(seqs(line.take(9))).toEqual([3])
    expect(line.waiting()).toBe(1)
    line.settled(first)
    expect(seqs(line.take(9))).toEqual([2])
  })

  it('what has waited goes before what came after it', () => {
    const line = createLine()
    line.add([rowOf(1, 'ada'), rowOf(2, 'ada')])
    const first = line.take(1)
    expect(line.take(9)).toEqual([])
    line.add([rowOf(3, 'ada')])
    line.settled(first)
    expect(seqs(line.take(9))).toEqual([2, 3])
  })

  it('a record is told by its number, but whoever has the email where contact properties are written', () => {
    const placed = { person: { subject: 'ada', email: 'ada' }, placement: { objectId: '501' } }
    for (const [target, others] of [['timeline-v3', [2]], ['contact-properties', []]] as const) {
      const line = createLine()
      line.add([aRow({ seq: 1, target, ...placed }), aRow({ seq: 2, target, person: placed.person })])
      expect(seqs(line.take(1))).toEqual([1])
      expect(seqs(line.take(1))).toEqual(others)
    }
  })

  it('what was not sent is given back whole', () => {
    const line = createLine()
    line.add([rowOf(1, 'ada'), rowOf(2, 'ada'), rowOf(3, 'bob')])
    line.take(1)
    expect(seqs(line.clear()).sort()).toEqual([2, 3])
    expect(line.waiting()).toBe(0)
  })

  it('however batches come and go, each row goes once, people in their order, and nobody twice at a time', () => {
    const step = fc.oneof(
      fc.record({ does: fc.constant('add' as const), people: fc.array(fc.constantFrom('ada', 'bob', 'eve'), { minLength: 1, maxLength: 6 }) }),
      fc.record({ does: fc.constant('take' as const), limit: fc.integer({ min: 1, max: 4 }) }),
      fc.record({ does: fc.constant('settle' as const), which: fc.nat(5) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const line = createLine()
        const [onTheirWay, sent]: [Row[][], Row[]] = [[], []]
        let added = 0
        const take = (limit: number) => {
          const batch = line.take(limit)
          const busy = new Set(onTheirWay.flat().map(({ person }) => person.email))
          expect(batch.filter(({ person }) => busy.has(person.email))).toEqual([])
          if (batch.length) onTheirWay.push(batch)
          sent.push(...batch)
        }
        for (const each of steps) {
          if (each.does === 'add') line.add(each.people.map((email) => rowOf(++added, email)))
          if (each.does === 'take') take(each.limit)
          if (each.does === 'settle') onTheirWay.splice(each.which, 1).forEach(line.settled)
          expect(line.waiting()).toBe(added - sent.length)
        }
        while (sent.length < added) {
          onTheirWay.splice(0).forEach(line.settled)
          take(4)
        }
        for (const email of ['ada', 'bob', 'eve']) {
          const own = seqs(sent.filter(({ person }) => person.email === email))
          expect(own).toEqual([...own].sort((a, b) => a - b))
        }
        expect(new Set(seqs(sent)).size).toBe(added)
      }),
    )
  })
})
