import { createHmac } from 'node:crypto'

const CHARACTERS = 16

/**
 * Makes a name for an email that a log may hold: the same for the same email and keys, and nobody without the keys finds the email.
 *
 * @param keys  as configured; another first key gives other names
 */
export function createPseudonyms(keys: string): (email: string) => string {
  const [first = ''] = keys.split(',')
  return (email) => `u_${createHmac('sha256', first).update(`email ${email}`).digest('hex').slice(0, CHARACTERS)}`
}
