/**
 * Searches the names of the script tag's variables that compress best: `npm run search:names -- 300` tries for 300 seconds and writes
 * `packages/snippet/names.mjs` when it found fewer bytes. Run it after a change of the snippet's source.
 *
 * A compressor pays less for what it has seen: when `n[s]` stands at ten places, all ten cost little more than one. So this is
 * simulated annealing over who bears which letter, with the compressor itself as the judge.
 */
import { writeFileSync } from 'node:fs'
import { brotliCompressSync, constants } from 'node:zlib'
import { rollup } from 'rollup'
import { NAMES } from '../packages/snippet/names.mjs'
import config, { shorten } from '../rollup.config.mjs'
import { readVariables } from './read-variables.mjs'

const LETTERS = 'etnrisoaclduhpmfgvbwyxjkqzETNRISOACLDUHPMFGVBWYXJKQZ$_'
/** In bytes: how much worse a try may be to be taken now and then, at first. */
const FIRST_TEMPERATURE = 0.5
const NAMES_FILE = new URL('../packages/snippet/names.mjs', import.meta.url)

const countBytes = (code) => brotliCompressSync(code, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length
const anyOf = (list) => list[Math.floor(Math.random() * list.length)]

const [{ input, plugins: [stripTypes], output }] = config
/** The minifier asks for name after name; here each is the number of its turn. */
const byTurn = shorten(() => {
  let turn = 0
  return () => `$${turn++}`
})
const bundle = await rollup({ input, plugins: [stripTypes, byTurn] })
const { output: [{ code }] } = await bundle.generate(output)
const { variables, render } = readVariables(code.trim())
for (const variable of variables) {
  variable.turn = Number(variable.name.slice(1))
  const isFree = (letter) => letter && variable.neighbours.every(({ name }) => name !== letter)
  variable.name = [NAMES[variable.turn], ...LETTERS].find(isFree)
}

const before = countBytes(render())
const best = anneal(Number(process.argv[2] ?? 60) * 1_000)
console.log(`${before} B before, ${best.bytes} B after ${best.tries} tries`)
if (best.bytes < before) writeFileSync(NAMES_FILE, fileOf(best.names))

function anneal(durationMs) {
  const startedAt = Date.now()
  let bytes = before
  let best = { bytes, names: namesNow(), tries: 0 }
  for (let tries = 1; ; tries++) {
    const left = 1 - (Date.now() - startedAt) / durationMs
    if (left <= 0) return { ...best, tries }
    const names = namesNow()
    renameSomething()
    const next = countBytes(render())
    // The last tenth of the time goes downhill only.
    const isTaken = next <= bytes || Math.random() < Math.exp((bytes - next) / (FIRST_TEMPERATURE * Math.max(left - 0.1, 0)))
    if (isTaken) bytes = next
    else variables.forEach((variable, at) => (variable.name = names[at]))
    if (bytes < best.bytes) best = { bytes, names: namesNow() }
  }
}

function namesNow() {
  return variables.map(({ name }) => name)
}

/** Either two letters change places everywhere, or one variable takes a letter, and whoever may not bear it beside it takes the old one. */
function renameSomething() {
  const variable = anyOf(variables)
  const [from, to] = [variable.name, anyOf(LETTERS)]
  const renamed = new Set(Math.random() < 0.15 ? variables.filter(({ name }) => name === from || name === to) : [variable])
  for (const { name, neighbours } of renamed) {
    const other = name === from ? to : from
    for (const neighbour of neighbours) if (neighbour.name === other) renamed.add(neighbour)
  }
  for (const one of renamed) one.name = one.name === from ? to : from
}

function fileOf(names) {
  const inTurn = variables.map(({ turn }, at) => [turn, names[at]]).sort(([a], [b]) => a - b)
  return `/** The script tag's shortened names, in the order in which the minifier asks for them. Written by \`npm run search:names\`. */
export const NAMES = '${inTurn.map(([, name]) => name).join('')}'
`
}
