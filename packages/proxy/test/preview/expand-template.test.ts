import { parseTemplate, TemplateSyntaxError } from '@trackline/shared'
import fc from 'fast-check'
import Handlebars from 'handlebars'
import { describe, expect, it } from 'vitest'
import { expandTemplate } from '../../src/preview/expand-template.ts'
import { formatMoment } from '../../src/preview/format-moment.ts'

const VALUES = {
  method: 'sso',
  empty: '',
  zero: 0,
  yes: true,
  no: false,
  when: '1763712000000',
  extraData: { list: ['a', 'b'], others: ['p', 'q'], none: [], people: [person('Ada', ['x', 'y']), person('Max', [])], map: { k: 'v', l: 'w' } },
}

/** Shown as nothing: Handlebars would show an object's own words for itself. */
function person(name: string, tags: string[]): object {
  return Object.defineProperty({ name, tags }, 'toString', { value: () => '', enumerable: false })
}

/** It escapes what it fills in; none of these values has a sign to escape. */
const handlebars = Handlebars.create()
handlebars.registerHelper('formatDate', formatMoment)

function byHandlebars(template: string): string {
  return handlebars.compile(template)(VALUES)
}

function byUs(template: string): string {
  return expandTemplate(parseTemplate(template), VALUES)
}

/** Names that stand for something at the top, and names of the list's members inside a loop. */
const NAMES = ['method', 'empty', 'zero', 'yes', 'no', 'when', 'nothing', 'extraData.map.k', 'this.method']
const INNER_NAMES = ['this', 'name', 'this.name', '@index', '@key', '@first', '@last', '../method', '@root.method', 'nothing']
const LISTS = ['extraData.list', 'extraData.none', 'extraData.people', 'extraData.map', 'nothing', 'empty']
// Members other than those of the loop around: Handlebars takes an equal one for the same place.
const INNER_LISTS = ['tags', 'this.tags', '../extraData.others']

const texts = fc.oneof(fc.constantFrom('\n', '  \n', '\r\n', ' ', '', '\t\n', ' - '), fc.string({ maxLength: 8 }).filter((text) => !/[{}\\]/.test(text)))

/** Templates of the language that HubSpot has, right by construction. */
function templates(depth: number, isInside: boolean): fc.Arbitrary<string> {
  const names = fc.constantFrom(...(isInside ? INNER_NAMES : NAMES))
  const lists = fc.constantFrom(...(isInside ? INNER_LISTS : LISTS))
  const value = names.map((name) => `{{${name}}}`)
  const date = names.map((name) => `{{#formatDate ${name}}}{{/formatDate}}`)
  const comment = fc.constantFrom('{{! a note }}', '{{!-- {{braces}} --}}')
  if (depth === 0) return fc.array(fc.oneof(texts, value, date, comment), { maxLength: 4 }).map((parts) => parts.join(''))
  const same = templates(depth - 1, isInside)
  const otherwise = fc.option(same, { nil: undefined }).map((body) => (body === undefined ? '' : `{{else}}${body}`))
  const condition = fc.tuple(fc.constantFrom('if', 'unless'), names, same, otherwise).map(([block, name, body, rest]) => `{{#${block} ${name}}}${body}${rest}{{/${block}}}`)
  const loop = fc.tuple(lists, templates(depth - 1, true), otherwise).map(([list, body, rest]) => `{{#each ${list}}}${body}${rest}{{/each}}`)
  return fc.array(fc.oneof(texts, value, date, comment, condition, loop), { maxLength: 5 }).map((parts) => parts.join(''))
}

describe('agrees with Handlebars', () => {
  it('on any template of the language', () => {
    fc.assert(
      fc.property(templates(2, false), (template) => {
        expect(byUs(template)).toBe(byHandlebars(template))
      }),
      { numRuns: 2_000 },
    )
  })

  it.each([
    'Hello\n{{#if method}}\n- {{method}}\n{{/if}}\nend',
    '{{#each extraData.list}}\n  - {{this}}{{#unless @last}},{{/unless}}\n{{/each}}\n',
    '  {{#if no}}\nx\n  {{else}}\ny\n  {{/if}}  \nz',
    '{{#each extraData.people}}{{name}}: {{#each tags}}{{this}} of {{../name}} {{/each}}{{/each}}',
    '{{#each extraData.map}}{{@key}}={{this}};{{/each}}',
  ])('on lines that hold nothing but a block: %j', (template) => {
    expect(byUs(template)).toBe(byHandlebars(template))
  })

  it.each(['{{#if method}}x', '{{/if}}', '{{#if method}}x{{/each}}', '{{', '{{}}'])('that %j is wrong', (template) => {
    expect(() => byUs(template)).toThrow(TemplateSyntaxError)
    expect(() => byHandlebars(template)).toThrow()
  })
})

it.each(['{{constructor}}', '{{constructor.name}}', '{{__proto__}}', '{{toString}}', '{{extraData.constructor.name}}', '{{extraData.list.length.constructor}}'])(
  'what a value inherits is nothing: %s',
  (template) => {
    expect(byUs(template)).toBe('')
  },
)

it("a property's name may hold dots", () => {
  expect(expandTemplate(parseTemplate('{{user.name}}'), { 'user.name': 'Ada' })).toBe('Ada')
})
