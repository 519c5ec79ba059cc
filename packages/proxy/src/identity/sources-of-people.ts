import type { SessionPreset } from '@trackline/session'

/**
 * Who says which people there are: the issuers of a preset or, where its tokens name none, what kind of session it is. Two of them may use the
 * same `sub` for two people; presets that share an issuer, or a kind, speak of the same people, such as those of a secret and of its successor.
 *
 * @returns the names of each
 */
export function sourcesOfPeople(presets: readonly SessionPreset[]): string[][] {
  return presets.map(namesOf).reduce<string[][]>((sources, names) => {
    const isSame = (source: string[]) => source.some((name) => names.includes(name))
    return [...sources.filter((source) => !isSame(source)), [...new Set([...sources.filter(isSame).flat(), ...names])]]
  }, [])
}

function namesOf({ issuers, name, people }: SessionPreset): string[] {
  if (issuers.length > 0) return [...issuers]
  return [people === undefined ? name : `${name} (${people})`]
}
