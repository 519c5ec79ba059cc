import { OpenPanel } from '@openpanel/web'

const openpanel = new OpenPanel({ clientId: 'key', apiUrl: location.origin })
window.track = (name, properties) => openpanel.track(name, properties)
