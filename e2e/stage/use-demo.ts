import type { Page } from 'playwright'
import { waitUntil } from './wait-until.ts'

/** Signs in as one of the demo's people, and waits until `track()` has said what became of the login. */
export async function signIn(demo: Page, person: 'ada' | 'grace' | 'alan'): Promise<void> {
  await demo.locator(`input[value="${person}"]`).check()
  await demo.getByRole('button', { name: 'Sign in' }).click()
  await demo.getByRole('button', { name: 'Sign out' }).waitFor()
  await waitForOutcome(demo)
}

/** Signs out: the page waits for the logout to be sent first. */
export async function signOut(demo: Page): Promise<void> {
  await demo.getByRole('button', { name: 'Sign out' }).click()
  await demo.getByRole('button', { name: 'Sign in' }).waitFor()
}

/** Starts a transfer as the form suggests it, and gives its reference. */
export async function startTransfer(demo: Page): Promise<string> {
  const transfers = demo.locator('.transfer')
  const before = await transfers.count()
  await demo.getByRole('button', { name: 'Start transfer' }).click()
  await transfers.nth(before).waitFor()
  return demo.locator('.transfer-reference').first().innerText()
}

async function waitForOutcome(demo: Page): Promise<void> {
  const outcome = demo.locator('.call').first().locator('.outcome')
  const shown = await waitUntil('track() returns', async () => {
    const text = await outcome.innerText()
    return text !== 'sending' && text
  })
  if (shown !== 'accepted') throw new Error(`track() returned '${shown}'`)
}
