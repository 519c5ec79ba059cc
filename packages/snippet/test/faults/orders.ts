export type Act = 'sign out' | 'sign in' | 'reload' | 'tab' | 'online'

/** What happens to a browser on which ada is signed in and offline, in this order, until bob is signed in and it is online. */
export interface Order {
  acts: Act[]
  /** Whether the site calls `reset()` when somebody signs out. */
  resets: boolean
  persists: boolean
  /** Whether each page begins with a token that is too old, so that the first request asks for another. */
  isExpired: boolean
}

const ACTS: Act[] = ['sign out', 'sign in', 'reload', 'tab', 'online']
const CHOICES = [true, false]

/** All 240 of acts, with and without `reset()` and a stored queue; old tokens in every third. */
export function allOrders(): Order[] {
  const orders = permutations(ACTS).filter((acts) => acts.indexOf('sign out') < acts.indexOf('sign in'))
  const ways = orders.flatMap((acts) => CHOICES.flatMap((resets) => CHOICES.map((persists) => ({ acts, resets, persists }))))
  return ways.map((way, number) => ({ ...way, isExpired: number % 3 === 0 }))
}

function permutations<T>(elements: T[]): T[][] {
  if (elements.length === 0) return [[]]
  return elements.flatMap((first, at) => permutations(elements.toSpliced(at, 1)).map((rest) => [first, ...rest]))
}
