import type { App } from 'vue'
import { createTracker } from '../create-tracker.ts'
import type { TrackerOptions } from '../tracker.ts'
import { trackPlugin } from './vue.ts'

export { useTrack, useTracker } from './vue.ts'

/**
 * A Nuxt plugin that gives a tracker to all components: `export default defineNuxtPlugin(trackline({ … }))`.
 * While the server renders, every event is `dropped`.
 */
export function trackline(options: TrackerOptions): (nuxt: { vueApp: App }) => void {
  return ({ vueApp }) => void vueApp.use(trackPlugin, createTracker(options))
}
