import { describe } from 'vitest'
import { abandoning } from './behaviour/abandoning.ts'
import { contactWriting } from './behaviour/contact-writing.ts'
import { counting } from './behaviour/counting.ts'
import { derivedValues } from './behaviour/derived-values.ts'
import { enqueueing } from './behaviour/enqueueing.ts'
import { granting } from './behaviour/granting.ts'
import { groupCommit } from './behaviour/group-commit.ts'
import { identifying } from './behaviour/identifying.ts'
import { inspecting } from './behaviour/inspecting.ts'
import { leasing } from './behaviour/leasing.ts'
import { measuring } from './behaviour/measuring.ts'
import { modelled } from './behaviour/modelled.ts'
import { sessions } from './behaviour/sessions.ts'
import { privacy } from './behaviour/privacy.ts'
import { settling } from './behaviour/settling.ts'
import { tending } from './behaviour/tending.ts'
import { targeting } from './behaviour/targeting.ts'
import type { OpenStore } from './behaviour/store-stage.ts'

const BEHAVIOURS = {
  ...{ enqueueing, groupCommit, derivedValues, leasing, abandoning, settling, targeting },
  ...{ identifying, inspecting, granting, counting, tending, measuring, modelled },
  ...{ sessions, contactWriting, privacy },
}

/** What every implementation of `Store` must do. */
export function describeStore(name: string, open: OpenStore): void {
  describe(`the ${name} store`, () => {
    for (const [part, behaviour] of Object.entries(BEHAVIOURS)) describe(part, () => behaviour(open))
  })
}
