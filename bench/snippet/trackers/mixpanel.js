import mixpanel from 'mixpanel-browser/src/loaders/loader-module-core'

mixpanel.init('key', { api_host: location.origin, api_payload_format: 'json', persistence: 'localStorage' })
window.track = (name, properties) => mixpanel.track(name, properties)
