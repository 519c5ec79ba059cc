import type { Surroundings } from './examination.ts'
import { fine, note, wrong } from './finding.ts'
import type { Finding } from './finding.ts'
import { PLACEHOLDER, PLACEHOLDER_NUMBER } from '../init/placeholder.ts'

const REAL_API = 'https://api.hubapi.com'

/** Whether the HubSpot app's own credentials have been filled in; whether they are right, HubSpot says when an account is looked at. */
export async function checkHubSpotApp({ config: { hubspot }, sites }: Surroundings): Promise<Finding[]> {
  const { clientId, clientSecret, developerKey, appId, baseUrl } = hubspot
  const unset = Object.entries({ clientId, clientSecret, developerKey }).flatMap(([name, value]) => (value === PLACEHOLDER ? [`hubspot.${name}`] : []))
  // The emulator's app has this number.
  if (appId === PLACEHOLDER_NUMBER && baseUrl === REAL_API) unset.push('hubspot.appId')
  unset.push(...sites.filter(({ portal }) => portal === PLACEHOLDER_NUMBER).map(({ name }) => `sites.${name}.portal`))
  if (unset.length) return [wrong(`not filled in yet: ${unset.join(', ')}`, 'copy them from the pages of your HubSpot app into .env, and the account\'s number (Hub ID) into the configuration')]
  return [baseUrl === REAL_API ? fine(`app ${appId}`) : note(`HubSpot's API is taken to be at ${baseUrl}: right for an emulator, wrong for the real HubSpot`)]
}
