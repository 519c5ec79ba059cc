import { init, track } from '@amplitude/analytics-browser'

init('key', { serverUrl: location.origin + '/2/httpapi', autocapture: false, remoteConfig: { fetchRemoteConfig: false } })
window.track = (name, properties) => track(name, properties)
