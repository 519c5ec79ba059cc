import type { TrackerOptions } from '../tracker.ts'

/** What of Astro's is used here; `astro.config` gives all of it. */
interface Setup {
  injectScript: (stage: 'page', code: string) => void
  updateConfig: (config: { vite: { define: Record<string, string> } }) => unknown
}

/** Options that can be written into a page: no functions. */
export interface TracklineOptions extends Omit<TrackerOptions, 'endpoint' | 'session' | 'onError'> {
  /** Where events are posted, for example `https://t.example.com/v1/batch`. */
  endpoint: string
  /** URL of the page's own origin that answers `{ "token": "…" }`. */
  session?: string
}

/**
 * An Astro integration: `integrations: [trackline({ endpoint, session })]`. Every page then tracks what its elements declare with
 * `data-track`, and scripts import `track` from `@trackline/snippet/astro/client`.
 */
export default function trackline(options: TracklineOptions) {
  return {
    name: '@trackline/snippet/astro',
    hooks: {
      'astro:config:setup'({ injectScript, updateConfig }: Setup): void {
        updateConfig({ vite: { define: { TRACKLINE_OPTIONS: JSON.stringify(options) } } })
        injectScript('page', 'import "@trackline/snippet/astro/client"')
      },
    },
  }
}
