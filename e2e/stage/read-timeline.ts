import type { BrowserContext, Locator, Page } from 'playwright'

/** Opens a contact's timeline page in a tab of its own, and waits until it follows what happens. */
export async function openTimeline(context: BrowserContext, emulatorUrl: string, email: string): Promise<Page> {
  const page = await context.newPage()
  await page.goto(`${emulatorUrl}/contacts/${encodeURIComponent(email)}`)
  await page.locator('#live[data-state="live"]').waitFor()
  return page
}

/** Waits until the page shows as many events; more are a failure. */
export async function waitForCards(timeline: Page, count: number): Promise<void> {
  await timeline.locator('.event').nth(count - 1).waitFor()
  const shown = await timeline.locator('.event').count()
  if (shown !== count) throw new Error(`the timeline shows ${shown} events, not ${count}`)
}

/** The events of one kind, by the name that HubSpot gives it. */
export function card(timeline: Page, templateName: string): Locator {
  return timeline.locator(`.event[data-event-template="${templateName}"]`)
}

/** One value of an event; its details must be open. */
export function tokenOf(event: Locator, name: string): Locator {
  return event.locator(`[data-token="${name}"] dd`)
}
