import { createTracker } from '@trackline/snippet'
import type { Outcome } from '@trackline/snippet'
import type { TrackService } from '@trackline/snippet/angular'
import { track } from '@trackline/snippet/astro/client'
import * as next from '@trackline/snippet/next'
import { sessionTokenRoute } from '@trackline/snippet/next/route'
import * as nuxt from '@trackline/snippet/nuxt'
import { sessionTokenHandler } from '@trackline/snippet/nuxt/route'
import * as react from '@trackline/snippet/react'
import * as solid from '@trackline/snippet/solid'
import * as svelte from '@trackline/snippet/svelte'
import * as vue from '@trackline/snippet/vue'
import { defineEvents, oneOf } from '@trackline/shared'
import { expectTypeOf, test } from 'vitest'

// Only its type is used.
const _events = defineEvents({ login: { properties: { method: oneOf(['password', 'sso']) } }, logout: {} })
type Events = typeof _events

declare module '@trackline/snippet' {
  interface Register {
    events: Events
  }
}

const tracker = createTracker<Events>({ endpoint: 'https://t.example.com/v1/batch' })
declare const service: TrackService
const bound = [
  react.useTrack(), vue.useTrack(), svelte.useTrack(), solid.useTrack(), next.useTrack(), nuxt.useTrack(), react.useTracker().track,
  vue.useTracker().track, svelte.useTracker().track, solid.useTracker().track, service.track, track,
] as const

test('every binding takes the registered events, and gives an outcome', () => {
  for (const trackOne of bound) {
    expectTypeOf(trackOne('login', { method: 'sso' })).toEqualTypeOf<Promise<Outcome>>()
    trackOne('logout')
  }
})

test('wrong calls do not compile in any of them', () => {
  expectTypeOf<(typeof bound)[number]>().toEqualTypeOf<typeof tracker.track>()
  for (const trackOne of bound) {
    // @ts-expect-error the event is not defined
    trackOne('logn')
    // @ts-expect-error the property has no such value
    trackOne('login', { method: 'magic' })
  }
})

test('other events than the registered ones may be named', () => {
  const _other = defineEvents({ opened: {} })
  react.useTrack<typeof _other>()('opened')
  // @ts-expect-error only those named
  react.useTrack<typeof _other>()('login', { method: 'sso' })
})

test('a tracker of any events can be given to an application', () => {
  react.TrackProvider({ tracker })
  svelte.setTracker(createTracker({ endpoint: '/v1/b' }))
  // @ts-expect-error it is no tracker
  svelte.setTracker({})
})

test('what goes through the page as text is no function', () => {
  next.TrackProvider({ endpoint: '/v1/b', session: '/session-token' })
  // @ts-expect-error a server component cannot hand a function to the browser
  next.TrackProvider({ endpoint: '/v1/b', session: () => 'token' })
})

test('routes for the session token say who is signed in', () => {
  sessionTokenRoute({ secret: 's', issuer: 'i', audience: 'a', who: (request) => ({ sub: request.url }) })
  sessionTokenHandler({ secret: 's', issuer: 'i', audience: 'a', who: ({ node }) => ({ sub: node.req.url ?? '' }) })
  // @ts-expect-error it must be said who it is
  sessionTokenHandler({ secret: 's', issuer: 'i', audience: 'a', who: () => ({ email: 'ada@example.com' }) })
})
