// eslint-disable-next-line no-restricted-imports -- the package is the whole application, and its tracker a file of it
import 'umami/src/tracker/index.js'

window.track = (name, properties) => umami.track(name, properties)
