import { RudderAnalytics } from '@rudderstack/analytics-js/bundled'

const analytics = new RudderAnalytics()
analytics.load('key', location.origin, { configUrl: location.origin, sendAdblockPage: false, useBeacon: false })
window.track = (name, properties) => analytics.track(name, properties)
