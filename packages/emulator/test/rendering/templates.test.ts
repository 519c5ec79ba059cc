import { describe, expect, it } from 'vitest'
import { expandTemplate } from '../../src/rendering/expand-template.ts'
import { parseTemplate, TemplateSyntaxError } from '../../src/rendering/parse-template.ts'

const CONTEXT = {
  timestamp: '2026-11-22T10:05:00.000Z',
  name: 'Ada',
  'order.id': 'T-1',
  empty: '',
  lastLogin: '1700000000000',
  extraData: {
    a: { b: 'deep' },
    list: [
      { x: 1, tags: ['p', 'q'] },
      { x: 2, tags: [] },
    ],
    words: ['one', 'two'],
    map: { k: 'v' },
    none: [],
    yes: true,
  },
}

describe('values', () => {
  it.each([
    ['{{name}}', 'Ada'],
    ['{{ name }}', 'Ada'],
    ['{{extraData.a.b}}', 'deep'],
    ['{{extraData.words.1}}', 'two'],
    ['{{extraData.yes}}', 'true'],
    ['{{order.id}}', 'T-1'],
    ['{{timestamp}}', '2026-11-22T10:05:00.000Z'],
    ['[{{unknown}}]', '[]'],
    ['[{{name.length}}{{constructor}}{{extraData.constructor.name}}{{__proto__}}]', '[]'],
    ['[{{extraData.a}}]', '[]'],
    ['a{{! a note }}b', 'ab'],
    ['no braces { here }', 'no braces { here }'],
  ])('%s gives %s', (template, expected) => {
    expect(render(template)).toBe(expected)
  })
})

describe('formatDate', () => {
  it.each([
    ['{{#formatDate timestamp}}{{/formatDate}}', '22 Nov 2026, 10:05 UTC'],
    ['{{#formatDate lastLogin}}{{/formatDate}}', '14 Nov 2023, 22:13 UTC'],
    ['{{#formatDate timestamp}}shown by nobody{{/formatDate}}', '22 Nov 2026, 10:05 UTC'],
    ['[{{#formatDate empty}}{{/formatDate}}]', '[]'],
    ['{{#formatDate name}}{{/formatDate}}', 'Ada'],
  ])('%s gives %s', (template, expected) => {
    expect(render(template)).toBe(expected)
  })
})

describe('each', () => {
  it.each([
    ['{{#each extraData.words}}{{@index}}:{{this}} {{/each}}', '0:one 1:two '],
    ['{{#each extraData.list}}{{this.x}}{{x}}{{#unless @last}},{{/unless}}{{/each}}', '11,22'],
    [
      '{{#each extraData.list}}{{#each this.tags}}{{this}}{{../x}}{{@root.name}} {{else}}none{{/each}}{{/each}}',
      'p1Ada q1Ada none',
    ],
    ['{{#each extraData.map}}{{@key}}={{this}}{{/each}}', 'k=v'],
    ['{{#each extraData.none}}x{{else}}nothing{{/each}}', 'nothing'],
    ['{{#each name}}x{{else}}no list{{/each}}', 'no list'],
    ['{{#each extraData.words}}[{{name}}]{{/each}}', '[][]'],
  ])('%s gives %s', (template, expected) => {
    expect(render(template)).toBe(expected)
  })

  it('takes out the lines of block tags that stand alone', () => {
    expect(render('list:\n{{#each extraData.words}}\n- {{this}}\n{{/each}}\nend')).toBe('list:\n- one\n- two\nend')
  })

  it('ends in a bounded time over lists within lists', () => {
    const list = Array.from({ length: 1000 }, () => 'x')
    const nested = '{{#each @root.list}}'.repeat(6) + '{{this}}' + '{{/each}}'.repeat(6)
    expect(expandTemplate(parseTemplate(nested), { list }).length).toBeLessThanOrEqual(20_000)
  })
})

describe('if', () => {
  it.each([
    ['{{#if name}}yes{{else}}no{{/if}}', 'yes'],
    ['{{#if empty}}yes{{else}}no{{/if}}', 'no'],
    ['{{#if unknown}}yes{{/if}}', ''],
    ['{{#if extraData.none}}yes{{else}}no{{/if}}', 'no'],
    ['{{#unless empty}}yes{{/unless}}', 'yes'],
    ['{{#if name}}{{#if empty}}a{{else}}b{{/if}}c{{/if}}', 'bc'],
  ])('%s gives %s', (template, expected) => {
    expect(render(template)).toBe(expected)
  })
})

describe('a template that cannot be read', () => {
  it.each([
    ['Hi {{name', 'line 1, column 4: {{ is never closed by }}'],
    ['Hi {{}}', 'line 1, column 4: {{}} is not a name'],
    ['{{two words}}', 'line 1, column 1: {{two words}} is not a name'],
    ['{{{name}}}', 'line 1, column 1: {{{ }}} would put a value in unescaped'],
    ['a\n  {{#loop x}}{{/loop}}', 'line 2, column 3: {{#loop}} is not a known block: use each, if, unless, formatDate'],
    ['{{#if}}{{/if}}', 'line 1, column 1: {{#if}} needs one name'],
    ['{{#if a b}}{{/if}}', 'line 1, column 1: {{#if}} needs one name'],
    ['{{#if a}}', 'line 1, column 1: {{#if}} is never closed by {{/if}}'],
    ['{{#if a}}{{/each}}', 'line 1, column 10: {{/each}} stands where {{/if}} is expected'],
    ['{{#if a}}{{else}}{{else}}{{/if}}', 'line 1, column 18: {{else}} stands where {{/if}} is expected'],
    ['{{/if}}', 'line 1, column 1: {{/if}} closes nothing that is open'],
    ['{{else}}', 'line 1, column 1: {{else}} closes nothing that is open'],
    ['{{#if a}}'.repeat(21) + '{{/if}}'.repeat(21), 'line 1, column 181: blocks are nested more than 20 deep'],
  ])('%s is refused with the place', (template, message) => {
    expect(() => parseTemplate(template)).toThrow(TemplateSyntaxError)
    expect(() => parseTemplate(template)).toThrow(message)
  })
})

function render(template: string): string {
  return expandTemplate(parseTemplate(template), CONTEXT)
}
