import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { Loss } from './losses.ts'
import type { judge } from './requirements.ts'
import { SIDES } from './sides.ts'

/**
 * `npm run bench:publish`: writes what the benchmarks have measured last (bench/results) into the README, between its two marks, and their
 * pictures into docs/pictures. A benchmark that has not run leaves nothing.
 */
const README = new URL('../README.md', import.meta.url)
const PICTURES = new URL('../docs/pictures/', import.meta.url)
const RESULTS = new URL('./results/', import.meta.url)
const BENCHMARKS = ['ingest', 'delivery', 'growth', 'nodes']
const MARKED = /(?<=<!-- measured -->\n)[^]*?(?=<!-- end of measured -->)/

interface Report {
  node: string
  cpus: number
  at: string
  results: { requirements?: ReturnType<typeof judge>; losses?: Loss[] }
}

const measured = BENCHMARKS.filter((name) => existsSync(new URL(`${name}.json`, RESULTS))).map((name) => ({ name, report: read(name) }))
const readme = readFileSync(README, 'utf8')
if (!MARKED.test(readme)) throw new Error('README.md has lost its marks "<!-- measured -->" and "<!-- end of measured -->"')
writeFileSync(README, readme.replace(MARKED, () => [machineLine(), ratios(), losses(), pictures()].filter((part) => part !== '').join('\n')))
for (const { name } of measured) copyFileSync(new URL(`${name}.svg`, RESULTS), new URL(`bench-${name}.svg`, PICTURES))

function read(name: string): Report {
  return JSON.parse(readFileSync(new URL(`${name}.json`, RESULTS), 'utf8'))
}

function machineLine(): string {
  const [first] = measured
  return first ? `\nMeasured on ${first.report.cpus} cores, Node ${first.report.node}, ${first.report.at.slice(0, 10)}:\n` : ''
}

function ratios(): string {
  const rows = measured.flatMap(({ name, report }) =>
    (report.results.requirements ?? []).filter(({ is }) => typeof is === 'number').map(({ what, is, atLeast, atMost, holds }) =>
      `| ${what} | ${is.toFixed(2)} | ${atLeast === undefined ? `≤ ${atMost}` : `≥ ${atLeast}`}${holds ? '' : ', **not reached**'} | \`npm run bench:${name}\` |\n`))
  return rows.length === 0 ? '' : `| | measured | goal | command |\n| --- | --- | --- | --- |\n${rows.join('')}`
}

function losses(): string {
  const all = measured.flatMap(({ report }) => report.results.losses ?? [])
  const rows = all.map(({ name, kills, acknowledged, lost, twice }) => `| ${SIDES[name].label} | ${kills} | ${acknowledged} | ${lost} | ${twice} |\n`)
  return rows.length === 0 ? '' : `| killed with -9 under load | kills | acknowledged | lost | sent twice |\n| --- | --- | --- | --- | --- |\n${rows.join('')}`
}

function pictures(): string {
  return measured.map(({ name }) => `![bench:${name}](docs/pictures/bench-${name}.svg)\n`).join('\n')
}
