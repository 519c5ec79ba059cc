import { readFileSync, writeFileSync } from 'node:fs'
import { DELIVERY_CODES, ERRORS } from '@trackline/proxy'
import { commandsPage } from '@trackline/proxy/commands-page'
import { createProgram } from '@trackline/proxy/program'
import { ConfigSchema, SiteSchema } from '@trackline/proxy/config-schema'
import { METRICS } from '@trackline/proxy/metric-definitions'

/**
 * `npm run docs`: writes the tables that come from the code into the pages that show them, between their two marks.
 *
 * TypeBox schemas are JSON Schema: `Fields` names the members of it that are read here.
 */
writeTable('docs/errors.md', 'errors', ['Code', 'Status', 'What is wrong', 'What to do'], errorRows())
writeTable('docs/errors.md', 'delivery-codes', ['Code', 'Meaning'], Object.entries(DELIVERY_CODES).map(([code, meaning]) => [`\`${code}\``, meaning]))
writeTable('docs/configuration.md', 'configuration', ['Field', 'Default', 'Meaning'], [...fieldRows(ConfigSchema as Fields), ...fieldRows(SiteSchema as Fields, 'sites.*.')])
writeTable('docs/metrics.md', 'metrics', ['Metric', 'Type', 'Labels', 'Meaning'], Object.entries(METRICS).map(([name, { type, labels, help }]) => [`\`${name}\``, type, labels.join(', '), help]))
writeBetween('docs/commands.md', ['<!-- commands -->', '<!-- end of commands -->'], commandsPage(createProgram()))

function errorRows(): string[][] {
  return Object.entries(ERRORS).map(([code, { status, says, remedy }]) => [`\`${code}\``, String(status), says, remedy])
}

interface Field {
  type?: string
  properties?: Record<string, Field>
  default?: unknown
  description?: string
}

interface Fields extends Field {
  properties: Record<string, Field>
  required?: string[]
}

function fieldRows(schema: Fields, prefix = ''): string[][] {
  return Object.entries(schema.properties).flatMap(([name, field]) => {
    // Only objects have properties, and TypeBox gives those `required`.
    if (field.properties) return fieldRows(field as Fields, `${prefix}${name}.`)
    if (field.description === undefined) return []
    return [[`\`${prefix}${name}\``, defaultOf(field, schema.required?.includes(name) ?? false), field.description]]
  })
}

function defaultOf(field: Field, isRequired: boolean): string {
  if (field.default !== undefined) return `\`${JSON.stringify(field.default)}\``
  return isRequired ? 'required' : 'none'
}

function writeTable(file: string, name: string, head: string[], rows: string[][]): void {
  const line = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  writeBetween(file, [`<!-- table: ${name} -->`, `<!-- end of table: ${name} -->`], [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n'))
}

function writeBetween(file: string, [open, close]: [string, string], text: string): void {
  const page = readFileSync(file, 'utf8')
  const [before, rest] = page.split(open)
  const after = rest?.split(close)[1]
  if (before === undefined || after === undefined) throw new Error(`${file} lacks the marks ${open} and ${close}`)
  writeFileSync(file, `${before}${open}\n${text}\n${close}${after}`)
}
