import ahoy from 'ahoy.js'

ahoy.configure({ urlPrefix: location.origin, useBeacon: true, trackVisits: false })
window.track = (name, properties) => ahoy.track(name, properties)
