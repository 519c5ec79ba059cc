import { styleText } from 'node:util'
import type { Change, Comparison, Step } from '../flows/push-definitions/step.ts'

const SIGNS = { create: '+', update: '~', delete: '-' } as const
const COLORS = { create: 'green', update: 'yellow', delete: 'red' } as const

/** A plan for a person: `+` comes, `~` changes, `-` goes; with colours only where a terminal shows them. */
export function showPlan({ steps, problems, failures = [], notes, isPartial }: Comparison): string {
  const places = [...new Set(steps.map(({ place }) => place))]
  const listed = places.map((place) => [styleText('bold', place), ...steps.filter((step) => step.place === place).map(showStep)].join('\n'))
  const parts = [
    ...listed,
    steps.length ? `Plan: ${countsOf(steps)}.` : problems.length ? '' : isPartial ? 'Nothing to do in what could be looked at: the rest is noted below.' : 'Nothing to do: HubSpot has everything.',
    ...problems.map((problem) => paint('delete', `problem: ${problem}`)),
    ...failures.map((failure) => paint('delete', `failed: ${failure}`)),
    notes.map((note) => styleText('dim', `note: ${note}`)).join('\n'),
  ]
  return parts.filter((part) => part !== '').join('\n\n')
}

function showStep({ change, says, lines }: Step): string {
  const details = lines.map((line) => paint(line.change, `      ${SIGNS[line.change]} ${line.text}`))
  return [paint(change, `  ${SIGNS[change]} ${says}`), ...details].join('\n')
}

function countsOf(steps: readonly Step[]): string {
  const count = (change: Change) => steps.filter((step) => step.change === change).length
  return `${count('create')} to create, ${count('update')} to change, ${count('delete')} to delete`
}

/** `styleText` looks at the terminal and at NO_COLOR itself. */
function paint(change: Change, text: string): string {
  return styleText(COLORS[change], text)
}
