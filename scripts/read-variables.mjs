import { analyze } from 'eslint-scope'
import { parse } from 'espree'

const PARSING = { ecmaVersion: 'latest', sourceType: 'module', range: true }

/**
 * The variables of a minified module in the order in which they first appear, each with a `name` that may be set, and the `neighbours`
 * that may not bear the same; the number of `functions` whose order is free; and `render(order)`, which writes the program with the
 * names of the moment.
 */
export function readVariables(code) {
  const tree = parse(code, PARSING)
  const { scopes } = analyze(tree, { ecmaVersion: 2022, sourceType: 'module' })
  const variables = scopes.flatMap(({ variables }) => variables).filter(({ identifiers }) => identifiers.length).map(readVariable)
  variables.sort((a, b) => a.places[0] - b.places[0])
  for (const one of variables) {
    one.neighbours = variables.filter((other) => other !== one && (one.reach.has(other.scope) || other.reach.has(one.scope)))
  }
  const slots = functionsOf(tree)
  const write = slots.map(([from, to]) => cutAtNames(code, variables, from, to))
  const between = [0, ...slots.map(([, to]) => to)].map((from, at) => cutAtNames(code, variables, from, slots[at]?.[0] ?? code.length))
  const render = (order) => between.map((text, at) => text() + (write[order[at]]?.() ?? '')).join('')
  return { variables, functions: slots.length, render }
}

/** The same program, its functions in this order; as it was where it has another number of them. */
export function inOrder(code, order) {
  const slots = functionsOf(parse(code, PARSING))
  if (slots.length !== order.length) return code
  const texts = slots.map(([from, to]) => code.slice(from, to))
  const between = [0, ...slots.map(([, to]) => to)].map((from, at) => code.slice(from, slots[at]?.[0]))
  return between.map((text, at) => text + (texts[order[at]] ?? '')).join('')
}

/** Where the arrow functions of the longest declaration stand: none is called before all are declared, so their order is free. */
function functionsOf(tree) {
  const longest = declarationsIn(tree).reduce((one, other) => (other.declarations.length > one.declarations.length ? other : one))
  return longest.declarations.filter(({ init }) => init?.type === 'ArrowFunctionExpression').map(({ range }) => range)
}

function declarationsIn(node) {
  if (!node || typeof node !== 'object') return []
  const inside = Object.values(node).flatMap(declarationsIn)
  return node.type === 'VariableDeclaration' ? [node, ...inside] : inside
}

function readVariable({ name, scope, identifiers, references }) {
  const places = new Set([...identifiers, ...references.map(({ identifier }) => identifier)].map(({ range }) => range[0]))
  /** The scopes between where it is declared and where it is used: another one of that name there would hide it. */
  const reach = new Set([scope])
  for (const { from } of references) {
    for (let between = from; between && between !== scope; between = between.upper) reach.add(between)
  }
  return { name, scope, reach, places: [...places].sort((a, b) => a - b) }
}

/** Everything between the names stays as it is, so it is cut out once. */
function cutAtNames(code, variables, from, to) {
  const names = variables.flatMap((variable) => variable.places.map((at) => ({ at, variable, length: variable.name.length })))
    .filter(({ at }) => at >= from && at < to)
    .sort((a, b) => a.at - b.at)
  const texts = names.map(({ at }, n) => code.slice(n ? names[n - 1].at + names[n - 1].length : from, at))
  const last = names.at(-1)
  const end = code.slice(last ? last.at + last.length : from, to)
  return () => texts.map((text, n) => text + names[n].variable.name).join('') + end
}
