/** Adds answers to a redirect address, keeping a query it already has; undefined ones are left out. */
export function withQuery(redirectUri: string, answers: Record<string, string | undefined>): string {
  const target = new URL(redirectUri)
  for (const [name, value] of Object.entries(answers)) if (value !== undefined) target.searchParams.set(name, value)
  return target.href
}
