import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { groupCommit } from '../../src/store/postgres/group-commit.ts'

const MANY_TURNS = 40

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await setImmediate()
}

/** Calls in groups whose commit takes a turn; says how large each group was. */
function openGroups() {
  const groups: number[] = []
  const commit = async (calls: number[]) => {
    groups.push(calls.length)
    await setImmediate()
    return calls
  }
  const { submit } = groupCommit<number, number>({ commit, sizeOf: () => 1, maxSize: 1_000, isOneCallsFault: () => false })
  return { groups, submit, together: (count: number) => Promise.all(Array.from({ length: count }, (_, call) => submit(call))) }
}

it('a call that comes alone is committed at once', async () => {
  const { groups, submit } = openGroups()
  void submit(0)
  await turns(3)
  expect(groups).toEqual([1])
})

it('those who were answered together share the next commit, although they send again within some turns of each other', async () => {
  const { groups, submit, together } = openGroups()
  await together(8)
  await Promise.all(Array.from({ length: 8 }, async (_, call) => {
    await turns(1 + 3 * call)
    return submit(call)
  }))
  expect(groups).toEqual([8, 8])
})

it('those who do not send again are not waited for', async () => {
  const { groups, submit, together } = openGroups()
  await together(8)
  void submit(0)
  await turns(MANY_TURNS)
  void submit(1)
  await turns(3)
  expect(groups).toEqual([8, 1, 1])
})

it('a group is large enough in the end, although each turn brings one more', async () => {
  const { groups, submit } = openGroups()
  for (let call = 0; call < 300; call++) {
    const nextTurn = setImmediate()
    void submit(call)
    await nextTurn
  }
  await turns(MANY_TURNS)
  expect(groups[0]).toBe(256)
})
