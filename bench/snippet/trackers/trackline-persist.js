import { createTracker } from '../../../packages/snippet/dist/index.js'

const tracker = createTracker({ endpoint: location.origin + '/v1/batch', session: () => fetchToken(), persist: true })
window.track = (name, properties) => tracker.track(name, properties)
