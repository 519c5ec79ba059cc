import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { commandsPage } from '../src/cli/commands-page.ts'
import { createProgram } from '../src/cli/program.ts'
import { ConfigSchema, SiteSchema } from '../src/config-schema.ts'
import { ERRORS } from '../src/errors.ts'
import { METRICS } from '../src/http/metric-definitions.ts'
import { DELIVERY_CODES } from '../src/outcome.ts'

type Cells = string[]

/** The rows of the Markdown table whose heading begins with these cells; without their backticks where a cell is all code. */
function tableRows(file: string, ...heading: string[]): Cells[] {
  const lines = readFileSync(fileURLToPath(import.meta.resolve(`../../../docs/${file}`)), 'utf8').split('\n')
  const start = lines.findIndex((line) => line.startsWith('|') && heading.every((cell, index) => cellsOf(line)[index] === cell))
  expect(start, `docs/${file} has a table headed ${heading.join(', ')}`).toBeGreaterThanOrEqual(0)
  const rows = lines.slice(start + 2)
  return rows
    .slice(
      0,
      rows.findIndex((line) => !line.startsWith('|')),
    )
    .map(cellsOf)
}

function cellsOf(line: string): Cells {
  return line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) =>
      cell
        .trim()
        .replaceAll('\\|', '|')
        .replace(/^`([^`]*)`$/, '$1'),
    )
}

interface Schema {
  description?: string
  default?: unknown
  properties?: Record<string, Schema>
  required?: string[]
}

/** Every field that a configuration may set: its name as the page writes it, its default, what it is for. */
function fieldsOf({ properties = {}, required = [] }: Schema, path = ''): Cells[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    if (name === 'sites') return []
    if (schema.properties) return fieldsOf(schema, `${path}${name}.`)
    return [[`${path}${name}`, defaultOf(schema, required.includes(name)), schema.description ?? '']]
  })
}

function defaultOf({ default: value }: Schema, isRequired: boolean): string {
  if (value !== undefined) return JSON.stringify(value)
  return isRequired ? 'required' : 'none'
}

describe('docs/errors.md', () => {
  it('has a row for each refusal, as the program tells it, and none besides', () => {
    const rows = tableRows('errors.md', 'Code', 'Status')
    expect(rows).toEqual(Object.entries(ERRORS).map(([code, { status, says, remedy }]) => [code, String(status), says, remedy]))
  })

  it('has a row for each reason why an event is not delivered, and none besides', () => {
    const rows = tableRows('errors.md', 'Code', 'Meaning')
    expect(rows).toEqual(Object.entries(DELIVERY_CODES).map(([code, says]) => [code, says]))
  })
})

describe('docs/metrics.md', () => {
  it('has a row for each metric, with its labels, and none besides', () => {
    const rows = Object.entries(METRICS).map(([name, { type, labels, help }]) => [name, type, labels.join(', '), help])
    expect(tableRows('metrics.md', 'Metric', 'Type')).toEqual(rows)
  })
})

describe('docs/configuration.md', () => {
  it('has a row for each field, with its default and what it is for, and none besides', () => {
    // Both are object schemas, whose types name each field.
    const [config, site] = [ConfigSchema as Schema, SiteSchema as Schema]
    const fields = [...fieldsOf(config), ...fieldsOf(site, 'sites.*.')]
    expect(tableRows('configuration.md', 'Field', 'Default', 'Meaning').sort()).toEqual(fields.sort())
  })
})

describe('docs/commands.md', () => {
  it('has every command with its options and example, and none besides', () => {
    const page = readFileSync(fileURLToPath(import.meta.resolve('../../../docs/commands.md')), 'utf8')
    const written = page.slice(page.indexOf('<!-- commands -->\n') + '<!-- commands -->\n'.length, page.indexOf('\n<!-- end of commands -->'))
    expect(written, 'run "npm run docs"').toBe(commandsPage(createProgram()))
  })

  it('shows an example of each command', () => {
    const lacking = commandsPage(createProgram()).split('\n### ').slice(1).filter((section) => !section.includes('```sh\n'))
    expect(lacking).toEqual([])
  })
})

describe('the tests of the HTTP interface', () => {
  it('provoke every code that a caller can meet', () => {
    const folder = fileURLToPath(import.meta.resolve('./http/bodies.test.ts')).replace(/[^/]*$/, '')
    const tests = readdirSync(folder)
      .map((file) => readFileSync(folder + file, 'utf8'))
      .join('\n')
    // Installation answers with a page, which shows the code; all else with problem details.
    const missing = Object.keys(ERRORS).filter((code) => !tests.includes(`'${code}'`) && !tests.includes(`/${code}/`))
    expect(missing).toEqual([])
  })
})
