import type { SessionPreset } from '@trackline/session'

/**
 * Who says which people there are: each preset's issuers or, where its tokens name none, what kind of session it is. Two of them may use the same
 * `sub` for two people; the presets of one speak of the same people, such as those of a secret and of its successor.
 */
export function sourcesOfPeople(presets: readonly SessionPreset[]): Set<string> {
  return new Set(presets.map(sourceOf))
}

function sourceOf({ issuers, name, people }: SessionPreset): string {
  if (issuers.length > 0) return issuers.join(' ')
  return people === undefined ? name : `${name} (${people})`
}
