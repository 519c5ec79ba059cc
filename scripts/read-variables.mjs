import { analyze } from 'eslint-scope'
import { parse } from 'espree'

/**
 * The variables of a minified module in the order in which they first appear, each with a `name` that may be set, and the `neighbours`
 * that may not bear the same; `render()` writes the program with the names of the moment.
 */
export function readVariables(code) {
  const tree = parse(code, { ecmaVersion: 'latest', sourceType: 'module', range: true })
  const { scopes } = analyze(tree, { ecmaVersion: 2022, sourceType: 'module' })
  const variables = scopes.flatMap(({ variables }) => variables).filter(({ identifiers }) => identifiers.length).map(readVariable)
  variables.sort((a, b) => a.places[0] - b.places[0])
  for (const one of variables) {
    one.neighbours = variables.filter((other) => other !== one && (one.reach.has(other.scope) || other.reach.has(one.scope)))
  }
  return { variables, render: cutAtNames(code, variables) }
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
function cutAtNames(code, variables) {
  const names = variables.flatMap((variable) => variable.places.map((at) => ({ at, variable, length: variable.name.length })))
  names.sort((a, b) => a.at - b.at)
  const texts = names.map(({ at }, n) => code.slice(n ? names[n - 1].at + names[n - 1].length : 0, at))
  const last = names.at(-1)
  const end = code.slice(last.at + last.length)
  return () => texts.map((text, n) => text + names[n].variable.name).join('') + end
}
