import { findTemplateProblems } from '@trackline/shared'
import { describe, expect, it } from 'vitest'

const NAMES = ['method', 'lastLogin', 'user.name']

describe('a template with an error says where, and what was expected', () => {
  it.each([
    ['{{', "line 1, column 1: '{{' is never closed: '}}' was expected"],
    ['a\nb {{method', "line 2, column 3: '{{' is never closed: '}}' was expected"],
    ['{{}}', "line 1, column 1: '{{}}' names nothing: a name was expected"],
    ['{{{method}}}', "line 1, column 1: a value is written with two braces: '{{name}}' was expected"],
    ['{{two words}}', "line 1, column 1: 'two words' is no name: letters, digits, _ - and dots were expected, and digits alone are a number"],
    ['{{extraData.list.1}}', "line 1, column 1: 'extraData.list.1' is no name: letters, digits, _ - and dots were expected, and digits alone are a number"],
    ['{{if method}}', "line 1, column 1: '{{if method}}' lacks its '#': '{{#if method}}' was expected"],
    ['{{#if method}}', "line 1, column 1: '{{#if method}}' is never closed: '{{/if}}' was expected"],
    ['{{#if method}}x{{else}}', "line 1, column 1: '{{#if method}}' is never closed: '{{/if}}' was expected"],
    ['{{#if method}}x{{/each}}', "line 1, column 16: '{{/each}}' stands where '{{/if}}' was expected"],
    ['{{#if method}}a{{else}}b{{else}}c{{/if}}', "line 1, column 25: '{{else}}' stands where '{{/if}}' was expected"],
    ['{{#if}}x{{/if}}', "line 1, column 1: '{{#if}}': one name behind '#if' was expected"],
    ['{{#if method lastLogin}}x{{/if}}', "line 1, column 1: '{{#if method lastLogin}}': one name behind '#if' was expected"],
    ['{{#fi method}}x{{/fi}}', "line 1, column 1: '{{#fi}}' is unknown: one of if, unless, each, formatDate was expected (did you mean 'if'?)"],
    ['{{#if method}}a{{else if lastLogin}}b{{/if}}', "line 1, column 16: '{{else if lastLogin}}' is not understood: '{{else}}' with another '{{#if …}}' inside was expected"],
    ['x {{/if}}', 'line 1, column 3: {{/if}} closes nothing: no block is open here'],
    ['{{#if method}}'.repeat(21) + '{{/if}}'.repeat(21), `line 1, column ${20 * 14 + 1}: blocks are nested deeper than 20`],
  ])('%s', (template, problem) => {
    expect(findTemplateProblems('detail', template, NAMES)).toEqual([problem])
  })
})

describe('a name that stands for nothing is named, with the likely one', () => {
  it.each([
    ['{{metod}}', "line 1, column 1: 'metod' is no property (did you mean 'method'?)"],
    ['ok\n  {{#if lastLogn}}x{{/if}}', "line 2, column 3: 'lastLogn' is no property (did you mean 'lastLogin'?)"],
    ['{{#formatDate lastlogin}}{{/formatDate}}', "line 1, column 1: 'lastlogin' is no property (did you mean 'lastLogin'?)"],
    ['{{nowhere}}', "line 1, column 1: 'nowhere' is no property: there are 'method', 'lastLogin', 'user.name', 'timestamp', 'extraData'"],
    ['{{@index}}', "line 1, column 1: '@index' has a meaning inside {{#each}} only"],
    ['{{../method}}', "line 1, column 1: '../method' leads out of the template: '../' is for the inside of {{#each}}"],
    ['{{#each extraData.l}}{{../metod}}{{/each}}', "line 1, column 22: 'metod' is no property (did you mean 'method'?)"],
    ['{{#each extraData.l}}{{../../method}}{{/each}}', "line 1, column 22: '../../method' leads out of the template: '../' is for the inside of {{#each}}"],
    ['{{#each extraData.l}}{{x}}{{else}}{{metod}}{{/each}}', "line 1, column 35: 'metod' is no property (did you mean 'method'?)"],
  ])('%s', (template, problem) => {
    expect(findTemplateProblems('detail', template, NAMES)).toEqual([problem])
  })

  it('all of them, in their order', () => {
    expect(findTemplateProblems('header', '{{a}} {{#if b}}{{c}}{{/if}}', []).map((line) => line.slice(0, 17))).toEqual([
      "line 1, column 1:",
      "line 1, column 7:",
      "line 1, column 16",
    ])
  })
})

it('extraData is known in the detail, and not in the header', () => {
  expect(findTemplateProblems('detail', '{{extraData.a}}', [])).toEqual([])
  expect(findTemplateProblems('header', '{{extraData.a}}', [])).toEqual([
    "line 1, column 1: 'extraData.a': HubSpot knows extraData in the detail only",
  ])
})

it('a header of several lines is refused, an end of line at its end is none', () => {
  expect(findTemplateProblems('header', 'one\ntwo', [])).toEqual(['it has several lines: HubSpot shows one'])
  expect(findTemplateProblems('header', 'one\n', [])).toEqual([])
})

it.each([
  '{{method}} {{ method }} {{user.name}} {{timestamp}} {{this.method}}',
  '{{#if method}}a{{else}}b{{/if}}{{#unless method}}c{{/unless}}',
  '{{#each extraData.list}}{{@index}} {{this}} {{this.x}} {{anything}} {{../method}} {{@root.method}}{{else}}none{{/each}}',
  '{{#each extraData.a}}{{#each b}}{{../../method}}{{../c}}{{/each}}{{/each}}',
  '{{! a note }}{{!-- {{metod}} --}}',
  '{ not } a }} tag',
])('%s is right', (template) => {
  expect(findTemplateProblems('detail', template, NAMES)).toEqual([])
})
