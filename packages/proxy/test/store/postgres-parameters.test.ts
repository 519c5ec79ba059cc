import { expect, it } from 'vitest'
import { readPostgresUrl } from '../../src/store/postgres/read-url.ts'

const URL_WITH = (query: string) => `postgres://trackline:secret@127.0.0.1:5432/app?${query}`

it.each([
  ['ssl_mode=verify-full', `"ssl_mode" is no parameter of a PostgreSQL URL (did you mean 'sslmode'?)`],
  ['schem=x', `"schem" is no parameter of a PostgreSQL URL (did you mean 'schema'?)`],
  ['sslmode=disable&pol=3', `"pol" is no parameter of a PostgreSQL URL (did you mean 'pool'?)`],
])('a parameter that is misspelt is refused: %s', (query, says) => {
  expect(() => readPostgresUrl(URL_WITH(query))).toThrow(says)
  expect(() => readPostgresUrl(URL_WITH(query))).not.toThrow('secret')
})

it('what hosts of databases add to their URLs is passed over', () => {
  expect(readPostgresUrl(URL_WITH('channel_binding=require&pgbouncer=true&schema=x'))).toMatchObject({ schema: 'x' })
})
