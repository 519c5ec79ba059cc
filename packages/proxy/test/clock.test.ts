import { expect, it } from 'vitest'
import { createClock } from '../src/clock.ts'

const NOW = Date.UTC(2026, 10, 24, 9)
const HOUR = 3_600_000

function aClock() {
  const world = { wall: NOW, monotonic: 700 }
  const clock = createClock({ now: () => new Date(world.wall), monotonicMs: () => world.monotonic })
  const shows = () => clock.now().getTime() - NOW
  return { world, clock, shows }
}

it('shows what this machine\'s clock shows until it is set', () => {
  const { world, shows } = aClock()
  world.wall += HOUR
  expect(shows()).toBe(HOUR)
})

it('once set, it counts by itself: this machine\'s clock may jump as it likes', () => {
  const { world, clock, shows } = aClock()
  clock.set(NOW + 5)
  world.wall -= HOUR
  world.monotonic += 20
  expect(shows()).toBe(25)
})

it('is set again when it has gone wrong, and not for what the way of the news may have taken', () => {
  const { world, clock, shows } = aClock()
  clock.set(NOW)
  world.monotonic += 1_000
  clock.set(NOW + 1_040)
  expect(shows()).toBe(1_000)
  clock.set(NOW + 1_400)
  expect(shows()).toBe(1_400)
})
