import { init, track } from '@plausible-analytics/tracker'

init({ domain: 'bench', endpoint: location.origin + '/api/event', autoCapturePageviews: false, captureOnLocalhost: true, logging: false })
window.track = (name, properties) => track(name, { props: properties ?? {} })
