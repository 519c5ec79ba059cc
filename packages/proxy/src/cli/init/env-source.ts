import { randomBytes } from 'node:crypto'
import { generateKey } from '../../vault/seal.ts'
import type { Answers } from './answers.ts'
import { needsDeveloperKey } from './config-source.ts'
import { PLACEHOLDER, PLACEHOLDER_NUMBER } from './placeholder.ts'

const SECRET_BYTES = 48

/** The variables that the configuration reads, each with a value that it starts with. */
function variables(answers: Answers): Record<string, string> {
  return {
    TRACKLINE_KEYS: generateKey('k1'),
    ...(answers.provider === 'sharedSecret' ? { SESSION_SECRET: randomBytes(SECRET_BYTES).toString('base64') } : {}),
    HUBSPOT_CLIENT_ID: PLACEHOLDER,
    HUBSPOT_CLIENT_SECRET: PLACEHOLDER,
    ...(needsDeveloperKey(answers) ? { HUBSPOT_DEVELOPER_KEY: PLACEHOLDER } : {}),
    HUBSPOT_APP_ID: String(PLACEHOLDER_NUMBER),
  }
}

/** A `.env` with what is missing in the one before; its own lines stay as they are. */
export function envSource(answers: Answers, before: string): { text: string; added: string[] } {
  const known = new Set([...before.matchAll(/^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=/gm)].map(([, name]) => name))
  const missing = Object.entries(variables(answers)).filter(([name]) => !known.has(name))
  const kept = before === '' || before.endsWith('\n') ? before : `${before}\n`
  return { text: kept + missing.map(([name, value]) => `${name}=${value}\n`).join(''), added: missing.map(([name]) => name) }
}
