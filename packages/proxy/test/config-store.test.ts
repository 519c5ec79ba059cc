import { sharedSecret } from '@trackline/session'
import { expect, it } from 'vitest'
import { resolveConfig } from '../src/config.ts'
import { shownStore } from '../src/shown-store.ts'
import { generateKey } from '../src/vault/seal.ts'
import { events } from './stage/events.ts'

function storeOf(store: string): string {
  const hubspot = { clientId: 'client', clientSecret: 'secret', developerKey: 'key', appId: 1 }
  const session = sharedSecret({ secret: 'a shared secret of more than thirty-two bytes' })
  const sites = { main: { origins: ['https://app.example.com'], session, portal: 1 } }
  const options = { publicUrl: 'https://t.example.com', store, keys: generateKey('k1'), hubspot, sites, events }
  return resolveConfig(options, '/etc/trackline/trackline.config.ts').store
}

const URLS = [
  'postgres://ada:hunter2@db.example.com:5432/app?sslmode=verify-full&pool=20',
  'postgres://ada:hunter,2@one.example.com:5432,two.example.com:5433/app',
  'postgresql:///app?host=/run/postgresql',
]

it.each(URLS)('%s is taken as it is', (url) => {
  expect(storeOf(url)).toBe(url)
})

it('a path is relative to the configuration file', () => {
  expect(storeOf('sqlite:./data/outbox.db')).toBe('sqlite:/etc/trackline/data/outbox.db')
})

it.each([
  ['postgres://ada:hunter2#1@db.example.com/app', /store is not a URL that can be read: in its password, write %23 for #/],
  ['mysql://ada:hunter2@db.example.com/app', /store must be 'sqlite:' and a path, or a postgres:\/\/ URL: got 'mysql:…'/],
  ['postgres:ada:hunter2@db', /store must be .*got 'postgres:…'/],
  ['sqlite:', /store must be/],
])('%s is refused, and no password is shown', (url, says) => {
  expect(() => storeOf(url)).toThrow(says)
  expect(() => storeOf(url)).not.toThrow(/hunter2/)
})

it.each([
  ['postgres://ada:hunter2@db.example.com:5432/app?sslmode=verify-full&password=hunter2', 'postgres://db.example.com:5432/app'],
  ['postgres://ada:hunter,2@hunter2@one.example.com,two.example.com:5433/app', 'postgres://one.example.com,two.example.com:5433/app'],
  ['postgresql:///app?host=/run/postgresql', 'postgresql:///app'],
  ['postgres://db.example.com/app', 'postgres://db.example.com/app'],
  ['sqlite:/srv/data/one@two?.db', 'sqlite:/srv/data/one@two?.db'],
])('%s is shown without user, password and settings', (store, shown) => {
  expect(shownStore(store)).toBe(shown)
})
