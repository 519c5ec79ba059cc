import type { Comparison } from '../../flows/push-definitions/step.ts'
import { reasonOf } from '../../errors.ts'
import { plannedComparisons } from '../plan-definitions.ts'
import { accountsOf } from './examination.ts'
import type { Examination } from './examination.ts'
import { fine, note, wrong } from './finding.ts'
import type { Finding } from './finding.ts'

const PUSH = 'run "trackline events push"'

/** Whether HubSpot has what the definitions need: event types and their properties, contact properties. */
export async function checkDefinitions(examination: Examination): Promise<Finding[]> {
  const { parts, sites, tokenOf, out } = examination
  const site = parts.config.findSite ? sites[0]?.name : undefined
  // Known by now, or the store fails: that is not the comparison's fault.
  for (const account of accountsOf(examination)) await tokenOf(account)
  const found: Finding[] = []
  for (const compare of await plannedComparisons({ ...parts, vault: { accessToken: tokenOf } }, { site, out })) found.push(...(await compare().then(judge, failed)))
  const isComplete = found.every(({ level }) => level === 'fine')
  return isComplete ? [fine(`HubSpot has everything that the events need: ${Object.keys(parts.config.events).join(', ')}`)] : found
}

function judge({ steps, problems, notes }: Comparison): Finding[] {
  return [
    ...problems.map((problem) => wrong(problem)),
    ...steps.map(({ says, place }) => wrong(`HubSpot lacks something, in ${place}: ${says}`, PUSH)),
    ...notes.map((says) => note(says)),
  ]
}

function failed(error: unknown): Finding[] {
  return [wrong(`it could not be compared: ${reasonOf(error)}`, 'check hubspot.developerKey and the scopes of the connection')]
}
