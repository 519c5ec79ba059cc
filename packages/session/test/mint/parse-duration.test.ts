import { describe, expect, it } from 'vitest'
import { parseDuration } from '../../src/mint/parse-duration.ts'

describe('parseDuration', () => {
  it.each([
    ['90s', 90],
    ['5m', 300],
    ['2h', 7200],
    ['1d', 86_400],
    ['0s', 0],
  ])('%s is %d seconds', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds)
  })

  const others = ['', '5', 'm', '5 m', '5M', '1.5h', '-5m', '5m5s', '5ms', '1w', '5m\n', '1e3s', '12345678901s']
  it.each(others)('%j is no duration', (text) => {
    expect(parseDuration(text)).toBeUndefined()
  })
})
