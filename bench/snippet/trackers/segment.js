import { AnalyticsBrowser } from '@segment/analytics-next'

// What its CDN would answer, so that it loads nothing from elsewhere.
const segment = { apiKey: 'key', apiHost: location.host + '/v1', protocol: 'http', unbundledIntegrations: [], addBundledMetadata: true }
const analytics = AnalyticsBrowser.load({ writeKey: 'key', cdnSettings: { integrations: { 'Segment.io': segment } } })
window.track = (name, properties) => analytics.track(name, properties)
