import type { Outcome } from '../tracker.ts'
import { cleanUrl } from './clean-url.ts'

/** The properties of a page view: define them with your event. */
// No interface: one could gain members elsewhere, and could then not be sent as properties.
export type PageView = {
  /** Without query string; a fragment only where it is a route, as in `#/users`. */
  url: string
  title: string
  /** The page before: of this site, or where the visitor came from. Nothing where the browser does not say. */
  referrer?: string
}

interface PageViewTracker<Name extends string> {
  track: (event: Name, properties: PageView) => Promise<Outcome>
}

/**
 * Tracks every page that the visitor sees: the first, what `pushState`, `replaceState`, back, forward and hash routes show, and a
 * page that comes back from the back/forward cache. A change of the query string alone is none. On a server it does nothing.
 *
 * @param event  default `page_view`
 * @returns      what ends it
 */
export function pageViews<Name extends string = 'page_view'>(tracker: PageViewTracker<Name>, event = 'page_view' as Name): () => void {
  let seen: string | undefined
  let isOn = true

  const look = () => {
    const url = cleanUrl(location.href)
    if (!isOn || url === seen) return
    const referrer = seen ?? cleanUrl(document.referrer)
    seen = url
    // A router sets the title after the address.
    setTimeout(() => isOn && tracker.track(event, { url, title: document.title, ...(referrer && { referrer }) }))
  }

  const watch = () => {
    look()
    for (const name of ['pushState', 'replaceState'] as const) {
      const change = history[name]
      history[name] = function (...state) {
        change.apply(this, state)
        look()
      }
    }
    for (const type of ['popstate', 'hashchange']) addEventListener(type, look)
    addEventListener('pageshow', ({ persisted }) => {
      if (persisted) seen = undefined
      look()
    })
  }

  // A page made ready in advance is not seen yet.
  if ((globalThis.document as Prerendering | undefined)?.prerendering) document.addEventListener('prerenderingchange', watch, { once: true })
  else if (globalThis.document) watch()
  return () => {
    isOn = false
  }
}

/** Not in TypeScript's library: https://wicg.github.io/nav-speculation/prerendering.html */
type Prerendering = Document & { readonly prerendering?: boolean }
