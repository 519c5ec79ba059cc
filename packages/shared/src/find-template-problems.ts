import { didYouMean } from './did-you-mean.ts'
import { parseTemplate } from './parse-template.ts'
import type { TemplateNode } from './parse-template.ts'
import { TemplateSyntaxError } from './split-template.ts'

/** HubSpot's limits: app events reference, "Event type limits". */
const MAX_LENGTH = { header: 1_000, detail: 10_000 } as const

/** The two templates of an event: the line on the timeline, and what opens under it. */
export type TemplatePart = keyof typeof MAX_LENGTH

/** Says, a line each and with its place, what HubSpot would refuse in a template or show as nothing. [] when nothing is wrong. */
export function findTemplateProblems(part: TemplatePart, template: string, properties: readonly string[]): string[] {
  const problems = lengthProblems(part, template)
  try {
    const known = [...properties, 'timestamp', ...(part === 'detail' ? ['extraData'] : [])]
    const places = nameProblems(parseTemplate(template), { known, depth: 0, part })
    return [...problems, ...places.map(([at, says]) => `${placeOf(template, at)}: ${says}`)]
  } catch (error) {
    if (!(error instanceof TemplateSyntaxError)) throw error
    return [...problems, `${placeOf(template, error.at)}: ${error.message}`]
  }
}

function lengthProblems(part: TemplatePart, template: string): string[] {
  const most = MAX_LENGTH[part]
  const problems = template.length > most ? [`it has ${template.length} characters: HubSpot takes at most ${most}`] : []
  const lineBreak = template.trim().search(/[\r\n]/)
  if (part === 'header' && lineBreak !== -1) problems.push('it has several lines: HubSpot shows one')
  return problems
}

function placeOf(template: string, at: number): string {
  const lines = template.slice(0, at).split('\n')
  return `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`
}

interface Scope {
  known: readonly string[]
  /** How many `#each` stand around. */
  depth: number
  part: TemplatePart
}

/** A misspelt name shows nothing, and only in HubSpot. Inside `#each` a name is one of the list's, which nobody knows here. */
function nameProblems(nodes: readonly TemplateNode[], scope: Scope): [at: number, says: string][] {
  return nodes.flatMap((node): [number, string][] => {
    if (node.kind === 'text') return []
    const says = pathProblem(node.path, scope)
    const own: [number, string][] = says === undefined ? [] : [[node.at, says]]
    if (node.kind === 'value') return own
    const inside = node.name === 'each' ? { ...scope, depth: scope.depth + 1 } : scope
    return [...own, ...nameProblems(node.body, inside), ...nameProblems(node.otherwise, scope)]
  })
}

function pathProblem(path: string, { known, depth, part }: Scope): string | undefined {
  const up = path.split('../').length - 1
  if (up > depth) return `'${path}' leads out of the template: '../' is for the inside of {{#each}}`
  const name = path.slice(up * '../'.length)
  if (name.startsWith('@')) return depth > up || name.startsWith('@root') ? undefined : `'${name}' has a meaning inside {{#each}} only`
  if (up < depth || name === '.' || /^this(?:\.|$)/.test(name)) return undefined
  // A property's own name may hold dots.
  if (known.includes(name) || known.includes(name.split('.')[0] ?? '')) return undefined
  if (part === 'header' && /^extraData(?:\.|$)/.test(name)) return `'${name}': HubSpot knows extraData in the detail only`
  const listed = known.map((each) => `'${each}'`).join(', ')
  return `'${name}' is no property${didYouMean(name, known) || `: there are ${listed}`}`
}
