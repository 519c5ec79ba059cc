import { createRoot } from 'solid-js'
import { createSSRApp } from 'vue'
import { Injector } from '@angular/core'
import { createTracker } from '@trackline/snippet'
import { provideTracker, TrackService } from '@trackline/snippet/angular'
import * as solid from '@trackline/snippet/solid'
import * as vue from '@trackline/snippet/vue'
import { describe, expect, it } from 'vitest'

const tracker = createTracker({ endpoint: 'https://t.example.com/v1/batch' })

describe('a component', () => {
  it('has the very tracker that the application was given', () => {
    const app = createSSRApp({}).use(vue.trackPlugin, tracker)
    expect(app.runWithContext(() => vue.useTracker())).toBe(tracker)
    expect(app.runWithContext(() => vue.useTrack())).toBe(tracker.track)
    expect(Injector.create({ providers: [provideTracker(tracker)] }).get(TrackService)).toBe(tracker)
  })

  it('hears at once what is missing, where no tracker was given', () => {
    expect(() => createSSRApp({}).runWithContext(() => vue.useTrack())).toThrow(new TypeError('track: missing app.use(trackPlugin, tracker)'))
    expect(() => createRoot(() => solid.useTrack())).toThrow(new TypeError('track: missing <TrackProvider>'))
  })
})
