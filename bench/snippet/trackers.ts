/**
 * What is compared. Each is set up in a file of its own in `trackers`: the smallest build of its package that sends events from a page, with
 * whatever of its own makes it lose fewer of them.
 */
export interface Tracker {
  label: string
  /** In `trackers`, without its ending. */
  file: string
  packageName: string
  /** Attributes of the script tag that loads it, where it is no module. */
  scriptTag?: string
}

export const TRACKERS: Tracker[] = [
  { label: 'Trackline', file: 'trackline', packageName: '@trackline/snippet' },
  { label: 'Trackline, persist', file: 'trackline-persist', packageName: '@trackline/snippet' },
  { label: 'openpanel', file: 'openpanel', packageName: '@openpanel/sdk' },
  { label: 'umami', file: 'umami', packageName: 'umami', scriptTag: 'data-website-id="bench" data-auto-track="false"' },
  { label: 'plausible', file: 'plausible', packageName: '@plausible-analytics/tracker' },
  { label: 'ahoy', file: 'ahoy', packageName: 'ahoy.js' },
  { label: 'snowplow', file: 'snowplow', packageName: '@snowplow/browser-tracker' },
  { label: 'rudderstack', file: 'rudderstack', packageName: '@rudderstack/analytics-js' },
  { label: 'mixpanel', file: 'mixpanel', packageName: 'mixpanel-browser' },
  { label: 'segment', file: 'segment', packageName: '@segment/analytics-next' },
  { label: 'amplitude', file: 'amplitude', packageName: '@amplitude/analytics-browser' },
  { label: 'posthog', file: 'posthog', packageName: 'posthog-js' },
]
