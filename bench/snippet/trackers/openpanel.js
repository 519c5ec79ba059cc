import { OpenPanel } from '@openpanel/sdk'

const openpanel = new OpenPanel({ clientId: 'key', apiUrl: location.origin })
window.track = (name, properties) => openpanel.track(name, properties)
