import { didYouMean } from '@trackline/shared'
import { Option } from 'commander'
import type { Command } from 'commander'
import { spoken } from '../../flows/explain-event.ts'
import type { RowFilter } from '../../flows/tend-outbox.ts'
import { TARGETS } from '../../outbox/event.ts'
import type { RowState, TargetName } from '../../outbox/event.ts'
import { DELIVERY_CODES } from '../../outcome.ts'
import { withDevOption } from '../dev-option.ts'
import type { OutboxOptions } from '../dev-option.ts'
import { DEFAULT_CONFIG_FILE } from '../load-config.ts'

const UNITS_MS: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

export interface FilterOptions extends OutboxOptions {
  json?: boolean
  state: RowState
  site?: string
  account?: number
  event?: string
  target?: TargetName
  code?: string
  olderThan?: number
}

/** Options that say which rows are meant. `states`: those that may be chosen, the first by default. */
export function withFilter(command: Command, states: readonly RowState[]): Command {
  const state = new Option('--state <state>', 'rows in this state').choices(states).default(states[0])
  const withConfig = withDevOption(command.option('--config <file>', 'configuration file', DEFAULT_CONFIG_FILE))
  return (states.length > 1 ? withConfig.addOption(state) : withConfig)
    .option('--site <name>', 'events of this site')
    .option('--account <number>', 'events for this HubSpot account', readAccount)
    .option('--event <name>', 'events of this kind')
    .addOption(new Option('--target <target>', 'what goes to this target').choices(TARGETS))
    .option('--code <code>', 'events with this reason, such as HUBSPOT_REJECTED_EVENT', readCode)
    .option('--older-than <time>', 'received longer ago than this: 90s, 30m, 12h, 3d', readDuration)
}

export function filterOf({ state, site, account, event, target, code, olderThan }: FilterOptions, now: number): RowFilter {
  return { state, site, account, event, target, code, receivedBefore: olderThan === undefined ? undefined : now - olderThan }
}

/** Whether anything says which rows are meant, besides their state. */
export function isFiltered({ site, account, event, target, code, olderThan }: FilterOptions): boolean {
  return [site, account, event, target, code, olderThan].some((value) => value !== undefined)
}

/** The same in words: `in state dead, of site main, received more than 30 d ago`. */
export function spokenFilter({ state, site, account, event, target, code, olderThan }: FilterOptions): string {
  return [
    `in state ${state}`,
    ...(site === undefined ? [] : [`of site ${site}`]),
    ...(account === undefined ? [] : [`for account ${account}`]),
    ...(event === undefined ? [] : [`named ${event}`]),
    ...(target === undefined ? [] : [`to ${target}`]),
    ...(code === undefined ? [] : [`with code ${code}`]),
    ...(olderThan === undefined ? [] : [`received more than ${spoken(olderThan)} ago`]),
  ].join(', ')
}

function readAccount(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text)
  throw new TypeError(`--account must be the number of a HubSpot account: got '${text}'`)
}

function readCode(text: string): string {
  const codes = Object.keys(DELIVERY_CODES)
  if (codes.includes(text)) return text
  throw new TypeError(`--code must be one of ${codes.join(', ')}: got '${text}'${didYouMean(text, codes)}`)
}

function readDuration(text: string): number {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? []
  const unitMs = UNITS_MS[unit]
  if (count !== undefined && unitMs !== undefined) return Number(count) * unitMs
  throw new TypeError(`--older-than must be a time such as 90s, 30m, 12h or 3d: got '${text}'`)
}
