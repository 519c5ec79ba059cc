import { didYouMean } from '@trackline/shared'
import { expect, it } from 'vitest'

it.each([
  ['logn', " (did you mean 'login'?)"],
  ['lgoin', " (did you mean 'login'?)"],
  ['Login', " (did you mean 'login'?)"],
  ['loggout', " (did you mean 'logout'?)"],
  ['purchase', ''],
  ['', ''],
  ['x'.repeat(10_000), ''],
])('%j is answered with %j', (given, expected) => {
  expect(didYouMean(given, ['login', 'logout', 'transaction_initiated'])).toBe(expected)
})
