/**
 * Searches the names of the script tag's variables, and the order of its functions, that compress best: `npm run search:names -- 300` tries
 * for 300 seconds and writes `packages/snippet/names.mjs` when it found fewer bytes. Run it after a change of the snippet's source.
 *
 * A compressor pays less for what it has seen: when `n[s]` stands at ten places, all ten cost little more than one, the closer together
 * the less. So this is simulated annealing over who bears which letter and who stands where, with the compressor itself as the judge.
 */
import { writeFileSync } from 'node:fs'
import { brotliCompressSync, constants } from 'node:zlib'
import { rollup } from 'rollup'
import { NAMES, ORDER } from '../packages/snippet/names.mjs'
import config, { shorten } from '../rollup.config.mjs'
import { readVariables } from './read-variables.mjs'

const LETTERS = 'etnrisoaclduhpmfgvbwyxjkqzETNRISOACLDUHPMFGVBWYXJKQZ$_'
/** In bytes: how much worse a try may be to be taken now and then, at first. */
const FIRST_TEMPERATURE = 0.3
/** The part of the tries that move a function instead of renaming a variable. */
const MOVES = 0.1
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
const { variables, functions, render } = readVariables(code.trim())
for (const variable of variables) {
  variable.turn = Number(variable.name.slice(1))
  const isFree = (letter) => letter && variable.neighbours.every(({ name }) => name !== letter)
  variable.name = [NAMES[variable.turn], ...LETTERS].find(isFree)
}

let order = ORDER.length === functions ? [...ORDER] : Array.from({ length: functions }, (_, at) => at)
const before = countBytes(render(order))
const best = anneal(Number(process.argv[2] ?? 60) * 1_000)
console.log(`${before} B before, ${best.bytes} B after ${best.tries} tries`)
if (best.bytes < before) writeFileSync(NAMES_FILE, fileOf(best))

function anneal(durationMs) {
  const startedAt = Date.now()
  let bytes = before
  let best = { bytes, names: namesNow(), order }
  for (let tries = 1; ; tries++) {
    const left = 1 - (Date.now() - startedAt) / durationMs
    if (left <= 0) return { ...best, tries }
    const [names, orderBefore] = [namesNow(), order]
    if (Math.random() < MOVES) order = moveOne()
    else renameSomething()
    const next = countBytes(render(order))
    // The last tenth of the time goes downhill only.
    const isTaken = next <= bytes || Math.random() < Math.exp((bytes - next) / (FIRST_TEMPERATURE * Math.max(left - 0.1, 0)))
    if (isTaken) bytes = next
    else takeBack(names, orderBefore)
    if (bytes < best.bytes) best = { bytes, names: namesNow(), order }
  }
}

function takeBack(names, orderBefore) {
  variables.forEach((variable, at) => (variable.name = names[at]))
  order = orderBefore
}

function moveOne() {
  const moved = anyOf(order)
  const others = order.filter((one) => one !== moved)
  return others.toSpliced(Math.floor(Math.random() * order.length), 0, moved)
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

function fileOf({ names, order }) {
  const inTurn = variables.map(({ turn }, at) => [turn, names[at]]).sort(([a], [b]) => a - b)
  return `/** The script tag's shortened names, in the order in which the minifier asks for them. Written by \`npm run search:names\`. */
export const NAMES = '${inTurn.map(([, name]) => name).join('')}'

/** The order of its functions, each by its place in the source. */
export const ORDER = [${order.join(', ')}]
`
}
