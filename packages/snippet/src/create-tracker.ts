import type { EventDefinitions } from '@trackline/shared'
import { createDelivery } from './delivery.ts'
import { newId } from './new-id.ts'
import { openQueue } from './queue.ts'
import type { Entry, Reason } from './queue.ts'
import type { Consent, Outcome, Tracker, TrackerOptions, TrackOptions } from './tracker.ts'
import { writeMessage } from './write-message.ts'

/**
 * Makes the tracker of one endpoint. Events are sent at once, up to 100 and 64 KiB a request, again and again until the
 * proxy has them, and for as long as the page lives (`persist`: for 7 days).
 *
 * Outside a page or a worker (rendering on a server) it drops every event and does nothing else.
 */
export function createTracker<Events extends EventDefinitions = EventDefinitions>(options: TrackerOptions): Tracker<Events> {
  const { onError, debug, gpc } = options
  const queue = openQueue(options, report)
  const delivery = createDelivery(options, queue)
  const isBrowser = 'location' in globalThis
  const isBlocked = !isBrowser || (gpc !== false && Reflect.get(navigator, 'globalPrivacyControl'))
  let choice: Consent
  let waking: Promise<void> | undefined

  consent(options.consent ?? 'grant')
  if (isBrowser) {
    addEventListener('visibilitychange', () => (document.hidden ? delivery._leave() : resume()))
    addEventListener('pagehide', delivery._leave)
    addEventListener('pageshow', resume)
    addEventListener('online', resume)
  }
  // Inside, any text may be an event's name: the types of `Events` are for the caller.
  return { track: track as Tracker<Events>['track'], flush: delivery._flush, reset, consent }

  function track(event: unknown, properties?: unknown, trackOptions?: TrackOptions | null): Promise<Outcome> {
    return new Promise((resolve) => {
      const entry = {
        ...writeMessage(event, properties, trackOptions),
        ...delivery._stamp(),
        _key: queue._prefix + newId(),
        _resolve: resolve,
      }
      if (choice === 'deny') queue._forget(entry, 'dropped', { code: 'OPTED_OUT' })
      else if (entry._problem) queue._forget(entry, 'rejected', { code: 'EVENT_INVALID', message: entry._problem })
      else queue._add(entry)
      wakeSoon()
    })
  }

  /** One session request for all events of one turn of the event loop. */
  function wakeSoon(): void {
    waking ??= Promise.resolve().then(() => {
      waking = undefined
      return delivery._wake()
    })
  }

  function resume(): void {
    if (queue._entries.size) void delivery._flush()
  }

  function reset(): void {
    delivery._leave()
    delivery._forgetPerson('RESET')
  }

  function consent(newChoice: Consent): void {
    choice = isBlocked ? 'deny' : newChoice
    delivery._isAllowed = choice === 'grant'
    if (choice === 'deny') {
      delivery._forgetPerson('OPTED_OUT')
      queue._forgetStored()
    }
    void delivery._wake()
  }

  function report({ _message }: Entry, outcome: Outcome, reason: Reason): void {
    const failure = { event: _message.event, messageId: _message.messageId, outcome, ...reason }
    if (debug) console.warn('trackline', failure)
    try {
      onError?.(failure)
    } catch {
      // What the page's own callback throws must not stop the queue.
    }
  }
}
