import { expect, it } from 'vitest'
import { cleanUrl } from '../../src/modules/clean-url.ts'

const cleaned: [url: string, clean: string][] = [
  ['https://a.example/b/c', 'https://a.example/b/c'],
  ['https://a.example/b?token=1', 'https://a.example/b'],
  ['https://a.example/#access_token=1', 'https://a.example/'],
  ['https://a.example/app?a=1#/users/7', 'https://a.example/app#/users/7'],
  ['https://a.example/app#!/users?token=1', 'https://a.example/app#!/users'],
  ['https://a.example/app#/reset?token=1#2', 'https://a.example/app#/reset'],
  ['https://a.example/?next=https://b.example/#/x', 'https://a.example/#/x'],
  ['https://a.example/#/access_token=1&expires_in=3600', 'https://a.example/#/access_token'],
  ['https://a.example/app#/welcome#access_token=1&refresh_token=2', 'https://a.example/app#/welcome'],
  ['https://a.example/app#/callback&id_token=1', 'https://a.example/app#/callback'],
  ['', ''],
]
it.each(cleaned)('of %s keeps %s', (url, clean) => {
  expect(cleanUrl(url)).toBe(clean)
})
