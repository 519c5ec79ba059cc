import { setImmediate } from 'node:timers/promises'
import { createGathering } from '../gathering.ts'

/** Most events that may wait for a commit; more are refused, so that a stuck database cannot fill the memory. */
const MAX_WAITING_EVENTS = 20_000

export interface GroupCommit<Call, Answer> {
  /** The call's answer, once the group that it is part of has been committed. */
  submit(call: Call): Promise<Answer>
  /** Resolves when everything submitted so far has been answered. */
  settled(): Promise<unknown>
}

interface Waiting<Call, Answer> {
  call: Call
  resolve: (answer: Answer) => void
  reject: (error: unknown) => void
}

export interface GroupCommitOptions<Call, Answer> {
  /** Commits calls together, and gives back their answers in the same order. */
  commit: (calls: Call[]) => Promise<Answer[]>
  /** How many events a call has, and how many a group may have; a call that has more goes alone. */
  sizeOf: (call: Call) => number
  maxSize: number
  /** One call of the group is to blame: each is tried alone, and it fails alone. */
  isOneCallsFault: (error: unknown) => boolean
}

/** Calls that arrive while a group is being committed wait, and share the next one. */
export function groupCommit<Call, Answer>(options: GroupCommitOptions<Call, Answer>): GroupCommit<Call, Answer> {
  const gathering = createGathering<Waiting<Call, Answer>>({ sizeOf: ({ call }) => options.sizeOf(call), maxSize: () => options.maxSize })
  let isCommitting = false
  let last: Promise<unknown> = Promise.resolve()

  async function commitWaiting(): Promise<void> {
    isCommitting = true
    while (gathering.waiting()) {
      while (!gathering.isComplete()) await setImmediate()
      await commitGroup(gathering.take(), options)
    }
    isCommitting = false
  }

  return {
    submit(call) {
      if (gathering.size() >= MAX_WAITING_EVENTS) return Promise.reject(new Error('too many events wait for the database'))
      const answer = new Promise<Answer>((resolve, reject) => gathering.add({ call, resolve, reject }))
      last = answer
      if (!isCommitting) void commitWaiting()
      return answer
    },
    settled: () => last.catch(() => undefined),
  }
}

async function commitGroup<Call, Answer>(
  group: Waiting<Call, Answer>[],
  options: GroupCommitOptions<Call, Answer>,
): Promise<void> {
  try {
    const answers = await options.commit(group.map(({ call }) => call))
    // `commit` gives back as many answers as it was given calls.
    group.forEach(({ resolve }, index) => resolve(answers[index] as Answer))
  } catch (error) {
    if (group.length > 1 && options.isOneCallsFault(error)) for (const call of group) await commitGroup([call], options)
    else for (const { reject } of group) reject(error)
  }
}
