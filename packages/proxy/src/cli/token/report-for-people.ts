import type { Report } from './report.ts'

/** The report as lines: the claims first, then what each preset makes of them. */
export function reportForPeople({ accepted, header, claims, presets }: Report): string {
  const named = Object.entries(header).map(([name, value]) => `  ${name}: ${JSON.stringify(value)}`)
  return [
    ...(named.length ? ['header', ...named] : []),
    ...(claims.length ? [presets.some(({ isProven }) => isProven) ? 'claims' : 'claims (proven by no preset: anybody may have written them)'] : []),
    ...claims.map(({ claim, value, refusedBy }) => `  ${JSON.stringify(claim).slice(1, -1)}: ${value}${refusedBy.length ? `   <- refused by ${refusedBy.join(', ')}` : ''}`),
    ...presets.flatMap(linesOf),
    accepted ? 'accepted' : 'refused: no preset takes this token',
  ].join('\n')
}

function linesOf({ site, preset, accepts, isTried, isProven, email, refusals }: Report['presets'][number]): string[] {
  return [
    `${preset} of ${site}: ${accepts ? 'takes it' : 'does not take it'}${isTried ? '' : ' (not asked: the token\'s issuer or form is another\'s)'}`,
    ...(isProven ? ['  proven: the preset vouches for the claims'] : []),
    ...(accepts ? [email === undefined ? '  email: none that counts in the token; see the site\'s "email"' : `  email: ${email}`] : []),
    ...refusals.flatMap(({ reason, says, change }) => [`  ${reason}: ${says}`, `    change: ${change}`]),
  ]
}
