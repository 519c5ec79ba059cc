import { readFileSync } from 'node:fs'
import type { EventDefinition } from '@trackline/shared'
import { describe, expect, it } from 'vitest'
import { events } from '../events.ts'

const NAMES_OF_HUBSPOT = ['timestamp', 'extraData.items', 'this.label', 'this.amount']
const DEFINITIONS: [string, EventDefinition][] = Object.entries(events)
const HTML = readFileSync(new URL('../public/index.html', import.meta.url), 'utf8')
const SCRIPT = readFileSync(new URL('../public/app.js', import.meta.url), 'utf8')

describe.each(DEFINITIONS)('the templates of %s', (_, { header = '', detail = '', properties = {} }) => {
  it('name only properties of their event', () => {
    const known = [...Object.keys(properties), ...NAMES_OF_HUBSPOT]
    expect(namesIn(header + detail).filter((name) => !known.includes(name))).toEqual([])
  })

  it('show a value that may be absent only inside an #if', () => {
    const mayBeAbsent = Object.keys(properties).filter((name) => /previous|elapsed/.test(properties[name]?.derive?.kind ?? ''))
    const alwaysShown = (header + detail).replace(/\{\{#if .*?\{\{\/if\}\}/gs, '')
    expect(namesIn(alwaysShown).filter((name) => mayBeAbsent.includes(name))).toEqual([])
  })

  it('keep extraData, which HubSpot has in details only, out of the header', () => {
    expect(header).not.toContain('extraData')
  })
})

describe('the page', () => {
  it('tracks every event that is defined, and no other', () => {
    const tracked = [...SCRIPT.matchAll(/trackAndLog\('(\w+)'/g)].map(([, name]) => name)
    expect(tracked.sort()).toEqual(Object.keys(events).sort())
  })

  it('offers exactly the reasons that are defined', () => {
    const offered = [...HTML.matchAll(/<option>(.*?)<\/option>/g)].map(([, reason]) => reason)
    expect(offered).toEqual(events.transaction_cancelled.properties.reason.values)
  })
})

function namesIn(template: string): string[] {
  return [...template.matchAll(/\{\{(?:#(?:if|each|formatDate) )?([\w.]+)\}\}/g)].map(([, name = '']) => name)
}
