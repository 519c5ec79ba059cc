import { readMoment } from '../moments/read-moment.ts'
import { formatMoment } from '../moments/format-moment.ts'
import type { TemplateNode } from './parse-template.ts'

/** Where a name is looked up: the thing `this` stands for, the loop's own values, and the frame around it. */
type Frame = { context: unknown; loop: Readonly<Record<string, unknown>>; parent: Frame | undefined }

type Run = { output: string[]; stepsLeft: number }

// Loops in loops over a long list would otherwise never end: a page shows the first 20 000 pieces.
const MAX_STEPS = 20_000

/** Fills a template with values. A name that stands for nothing gives an empty text. */
export function expandTemplate(nodes: readonly TemplateNode[], context: Readonly<Record<string, unknown>>): string {
  const run = { output: [], stepsLeft: MAX_STEPS }
  expand(nodes, { context, loop: {}, parent: undefined }, run)
  return run.output.join('')
}

function expand(nodes: readonly TemplateNode[], frame: Frame, run: Run) {
  for (const node of nodes) {
    run.stepsLeft -= 1
    if (run.stepsLeft < 0) return
    expandNode(node, frame, run)
  }
}

function expandNode(node: TemplateNode, frame: Frame, run: Run) {
  if (node.kind === 'text') return void run.output.push(node.text)
  const value = lookUp(node.path, frame)
  if (node.kind === 'value') return void run.output.push(asText(value))
  if (node.kind === 'formatDate') return void run.output.push(formatDate(value))
  if (node.kind === 'each') return expandEach(node, { value, frame }, run)
  expand(isTruthy(value) === node.isNegated ? node.otherwise : node.body, frame, run)
}

type Each = Extract<TemplateNode, { kind: 'each' }>

function expandEach(node: Each, { value, frame }: { value: unknown; frame: Frame }, run: Run) {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : []
  if (entries.length === 0) return expand(node.otherwise, frame, run)
  for (const [index, [key, context]] of entries.entries()) {
    if (run.stepsLeft < 0) return
    const loop = { index, key, first: index === 0, last: index === entries.length - 1 }
    expand(node.body, { context, loop, parent: frame }, run)
  }
}

function lookUp(path: string, frame: Frame): unknown {
  if (path.startsWith('../')) return frame.parent && lookUp(path.slice(3), frame.parent)
  // A token's own name may hold dots.
  if (isOwn(frame.context, path)) return frame.context[path]
  const [first = '', ...rest] = path === '.' ? ['this'] : path.split('.')
  return rest.reduce((value, name) => (isOwn(value, name) ? value[name] : undefined), start(first, frame))
}

function start(name: string, frame: Frame): unknown {
  if (name === 'this') return frame.context
  if (name === '@root') return root(frame).context
  if (name.startsWith('@')) return frame.loop[name.slice(1)]
  return isOwn(frame.context, name) ? frame.context[name] : undefined
}

function root(frame: Frame): Frame {
  return frame.parent ? root(frame.parent) : frame
}

// Own properties only: {{constructor}} must stand for nothing.
function isOwn(value: unknown, name: string): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
}

function asText(value: unknown): string {
  if (Array.isArray(value)) return value.map(asText).join(', ')
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
}

function formatDate(value: unknown): string {
  const moment = readMoment(value)
  return moment === undefined ? asText(value) : formatMoment(moment)
}

// Handlebars' own rule: an empty list counts as false.
function isTruthy(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value)
}
