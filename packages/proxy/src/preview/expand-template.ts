import type { TemplateNode } from '@trackline/shared'
import { formatMoment, textOf } from './format-moment.ts'

/** Where names are looked up: `this`, the loop's own (`@index`), and what is around it. */
interface Scope {
  self: unknown
  loop: Readonly<Record<string, unknown>>
  around?: Scope
}

/**
 * Fills a template with values, as Handlebars does without escaping: what comes out is Markdown, and is escaped when it is shown.
 *
 * A name that stands for nothing gives nothing. Only own members are found: `{{constructor}}` is nothing.
 */
export function expandTemplate(nodes: readonly TemplateNode[], values: Readonly<Record<string, unknown>>): string {
  return expandIn({ self: values, loop: {} }, nodes)
}

function expandIn(scope: Scope, nodes: readonly TemplateNode[]): string {
  return nodes.map((node) => expandNode(scope, node)).join('')
}

function expandNode(scope: Scope, node: TemplateNode): string {
  if (node.kind === 'text') return node.text
  const value = lookUp(scope, node.path)
  if (node.kind === 'value') return textOf(value)
  switch (node.name) {
    case 'formatDate':
      return formatMoment(value)
    case 'each':
      return expandEach(scope, node, value)
    case 'if':
      return expandIn(scope, isTrue(value) ? node.body : node.otherwise)
    case 'unless':
      return expandIn(scope, isTrue(value) ? node.otherwise : node.body)
  }
}

function expandEach(scope: Scope, { body, otherwise }: Extract<TemplateNode, { kind: 'block' }>, list: unknown): string {
  const members = typeof list === 'object' && list !== null ? Object.entries(list) : []
  if (members.length === 0) return expandIn(scope, otherwise)
  return members
    .map(([key, self], index) => {
      const loop = { key: Array.isArray(list) ? index : key, index, first: index === 0, last: index === members.length - 1 }
      return expandIn({ self, loop, around: scope }, body)
    })
    .join('')
}

function lookUp(scope: Scope, path: string): unknown {
  if (path.startsWith('../')) return scope.around && lookUp(scope.around, path.slice('../'.length))
  if (path === '.' || path === 'this') return scope.self
  // A property's own name may hold dots.
  if (isOwn(scope.self, path)) return Reflect.get(scope.self, path)
  const [first = '', ...rest] = path.split('.')
  return rest.reduce((at, name) => (isOwn(at, name) ? Reflect.get(at, name) : undefined), start(scope, first))
}

function start(scope: Scope, name: string): unknown {
  if (name === 'this') return scope.self
  if (name === '@root') return scope.around ? start(scope.around, name) : scope.self
  if (name.startsWith('@')) return scope.loop[name.slice(1)]
  return isOwn(scope.self, name) ? Reflect.get(scope.self, name) : undefined
}

function isOwn(value: unknown, name: string): value is object {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
}

/** An empty list counts as nothing. */
function isTrue(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value)
}
