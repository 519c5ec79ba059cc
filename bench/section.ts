import type { Loss } from './losses.ts'
import type { judge } from './requirements.ts'
import { SIDES } from './sides.ts'
import type { Row } from './snippet/measure.ts'
import { tableOf } from './snippet/table.ts'

/** A figure that was not measured is `null` in JSON. */
type Judged = Omit<ReturnType<typeof judge>[number], 'is'> & { is: number | null }

export interface Report {
  node: string
  cpus: number
  /** ISO 8601. */
  at: string
  rounds: number
  results: { requirements?: Judged[]; losses?: Loss[]; rows?: Row[] }
}

/** What the README says of a benchmark, as Markdown: when and on what it was measured, its figures, its picture. */
export function writeSection(name: string, { node, cpus, at, rounds, results }: Report): string {
  const { requirements = [], losses = [], rows = [] } = results
  const measured = `Measured ${at.slice(0, 10)} on ${cpus} cores, Node ${node}, in ${rounds} ${rounds === 1 ? 'round' : 'rounds'}:\n`
  const picture = `![bench:${name}](docs/pictures/bench-${name}.svg)\n`
  return ['', measured, writeRows(rows), writeRequirements(requirements), writeLosses(losses), picture].filter((part, at) => at === 0 || part !== '').join('\n')
}

function writeRows(rows: Row[]): string {
  return rows.length === 0 ? '' : tableOf(rows)
}

function writeRequirements(requirements: Judged[]): string {
  const rows = requirements.map(({ what, is, atLeast, atMost, holds }) => {
    const goal = atLeast !== undefined ? `≥ ${atLeast}` : atMost !== undefined ? `≤ ${atMost}` : ''
    return `| ${what} | ${is === null ? 'not measured' : is.toFixed(2)} | ${goal}${holds || is === null ? '' : ', **not reached**'} |\n`
  })
  return rows.length === 0 ? '' : `| | measured | goal |\n| --- | --- | --- |\n${rows.join('')}`
}

function writeLosses(losses: Loss[]): string {
  const rows = losses.map(({ name, kills, acknowledged, lost, twice }) => `| ${SIDES[name].label} | ${kills} | ${acknowledged} | ${lost} | ${twice} |\n`)
  return rows.length === 0 ? '' : `| killed with -9 under load | kills | acknowledged | lost | sent twice |\n| --- | --- | --- | --- | --- |\n${rows.join('')}`
}
