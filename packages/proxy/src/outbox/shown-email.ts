const MAX_DOMAIN_LENGTH = 120

/** Enough to know it again: the first letter and the domain. */
export function shownEmail(email: string): string {
  const [local = '', domain = ''] = email.split('@')
  return JSON.stringify(`${local.slice(0, 1)}***@${domain.slice(0, MAX_DOMAIN_LENGTH)}`).slice(1, -1).replace(/[\u007f-\u009f\u2028\u2029]/g, '\ufffd')
}
