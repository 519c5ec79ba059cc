// Its core without session recording, as its own pages recommend for small bundles.
// eslint-disable-next-line no-restricted-imports -- the path is the published name of that build
import mixpanel from 'mixpanel-browser/src/loaders/loader-module-core'

mixpanel.init('key', { api_host: location.origin, api_payload_format: 'json', persistence: 'localStorage' })
window.track = (name, properties) => mixpanel.track(name, properties)
