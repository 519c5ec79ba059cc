import { createInterface } from 'node:readline/promises'
import { didYouMean, RESERVED_NAMES } from '@trackline/shared'
import { isOrigin } from '../../is-origin.ts'
import { TARGETS } from '../../outbox/event.ts'
import type { TargetName } from '../../outbox/event.ts'
import type { Answers } from './answers.ts'
import { PLACEHOLDER_NUMBER } from './placeholder.ts'
import { presetProblem, PROVIDERS } from './providers.ts'

/** What the command line says; what it leaves out is asked for, or has a default. */
export interface Given {
  publicUrl: string
  origin?: string[]
  provider?: string
  set?: Record<string, string>
  portal?: number
  target?: string
  event?: string[]
}

/** Asks one question; an empty answer is the default. */
export type Ask = (question: string, byDefault: string) => Promise<string>

const EVENT_NAME = /^[a-z][a-z0-9_]{0,29}$/

/** @throws TypeError naming the option that cannot be used */
export async function gatherAnswers(given: Given, ask: Ask): Promise<Answers> {
  const publicUrl = origin('--public-url', given.publicUrl)
  const origins = (given.origin ?? listed(await ask('Which pages may send? Their origins, with spaces between', 'http://localhost:3000'))).map((each) => origin('--origin', each))
  const provider = oneOf('--provider', given.provider ?? (await ask(`Who signs your visitors in? One of ${Object.keys(PROVIDERS).join(', ')}`, 'sharedSecret')), Object.keys(PROVIDERS))
  const settings = await settingsOf(provider, given.set ?? {}, ask)
  const portal = given.portal ?? portalOf(await ask('Number of your HubSpot account (Hub ID), if you know it', String(PLACEHOLDER_NUMBER)))
  const target = oneOf('--target', given.target ?? (await ask(`Where in HubSpot do events go? One of ${TARGETS.join(', ')}`, 'contact-properties')), TARGETS)
  const events = given.event ?? listed(await ask('Which events? Their names, with spaces between', 'login'))
  return { publicUrl, origins, provider, settings, portal, target: target as TargetName, events: eventNames(events) } // `oneOf` has seen that it is one.
}

/** Asks at the terminal. */
export function askAtTerminal(): { ask: Ask; close: () => void } {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  return {
    ask: async (question, byDefault) => (await terminal.question(`${question}${byDefault === '' ? '' : ` [${byDefault}]`}: `)).trim() || byDefault,
    close: () => terminal.close(),
  }
}

/** Takes every default. */
export const askNobody: Ask = async (_, byDefault) => byDefault

async function settingsOf(provider: string, set: Readonly<Record<string, string>>, ask: Ask): Promise<Record<string, string>> {
  const fields = PROVIDERS[provider] ?? []
  const names = fields.map(({ name }) => name)
  const unknown = Object.keys(set).find((name) => !names.includes(name))
  if (unknown !== undefined) throw new TypeError(`--set: ${provider} is not told '${unknown}'${didYouMean(unknown, names) || (names.length ? `: it is told ${names.join(', ')}` : '')}`)
  const settings: Record<string, string> = {}
  for (const { name, example, maybe } of fields) {
    const value = set[name] ?? (await ask(`${provider}: ${maybe ?? name}, such as ${example}${maybe === undefined ? '' : ', if there is one yet'}`, ''))
    if (value !== '' || maybe === undefined) settings[name] = value
  }
  const missing = names.filter((name) => settings[name] === '')
  if (missing.length) throw new TypeError(`--set must say ${missing.map((name) => `${name}=…`).join(' and ')}: ${provider} needs it`)
  const problem = presetProblem(provider, settings)
  if (problem !== undefined) throw new TypeError(`--set: ${problem}`)
  return settings
}

function origin(option: string, text: string): string {
  const written = text.replace(/\/$/, '')
  if (isOrigin(written)) return written
  throw new TypeError(`${option} must be an origin such as https://app.example.com: got '${text}'`)
}

function oneOf(option: string, text: string, choices: readonly string[]): string {
  if (choices.includes(text)) return text
  throw new TypeError(`${option} must be one of ${choices.join(', ')}: got '${text}'${didYouMean(text, choices)}`)
}

export function portalOf(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text)
  throw new TypeError(`--portal must be the number of a HubSpot account: got '${text}'`)
}

function eventNames(names: readonly string[]): string[] {
  const wrong = names.find((name) => !EVENT_NAME.test(name) || RESERVED_NAMES.has(name))
  if (wrong !== undefined) throw new TypeError(`--event must be 1–30 lower-case letters, digits or _, a letter first: got '${wrong}'`)
  return [...new Set(names)]
}

function listed(text: string): string[] {
  return text.split(/[\s,]+/).filter(Boolean)
}
