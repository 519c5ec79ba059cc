import type { Comparison, Step } from '../flows/push-definitions/step.ts'
import { confirm } from './confirm.ts'
import { print } from './output.ts'
import { showPlan } from './show-plan.ts'

export interface PushOptions {
  json?: boolean
  yes?: boolean
  /** Says nothing: the plan has been printed. */
  isQuiet?: boolean
}

/** A plan for a program: the steps without what makes them. */
export function planAsJson({ steps, problems, failures, notes }: Comparison) {
  return { steps: steps.map(({ run: _, ...step }) => step), problems, ...(failures ? { failures } : {}), notes }
}

/**
 * Shows the plan, asks, and makes the changes, one after the other. Where one fails, the rest of its place is left, and what is elsewhere goes on.
 *
 * @returns whether everything is now as planned
 * @throws Error that says how far it came
 */
export async function makeChanges(plan: Comparison, options: PushOptions): Promise<boolean> {
  if (!options.isQuiet) print(planAsJson(plan), options, showPlan(plan))
  if (plan.problems.length) throw new Error(`nothing was changed: mend the ${plan.problems.length === 1 ? 'problem' : 'problems'} above first`)
  const isWhole = !plan.failures?.length
  if (plan.steps.length === 0) return isWhole
  if (!options.yes && !(await confirm(questionFor(plan.steps)))) return false
  const failed = new Map<string, string>()
  let done = 0
  for (const step of plan.steps) {
    if (failed.has(step.place)) continue
    try {
      await step.run()
      done += 1
      if (!options.json && !options.isQuiet) process.stdout.write(`done: ${step.says}\n`)
    } catch (error) {
      failed.set(step.place, error instanceof Error ? error.message : String(error))
    }
  }
  if (failed.size) throw new Error(`${done} of ${plan.steps.length} changes were made; ${[...failed].map(([place, reason]) => `${place}: ${reason}`).join('; ')}. Mend it and run this again: it goes on from there`)
  return isWhole
}

function questionFor(steps: readonly Step[]): string {
  const deletes = steps.filter(({ change }) => change === 'delete').length
  const warning = deletes ? `, ${deletes} of which cannot be undone` : ''
  return `Make ${steps.length === 1 ? 'this change' : `these ${steps.length} changes`}${warning}?`
}
