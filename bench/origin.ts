/** Where the pages of an account's site are. */
export function originOf(account: number): string {
  return `https://app${account}.example.com`
}
