import type { Page } from 'playwright'

/** Everything that a script, an extension or somebody at the machine could read of a page: content, cookies, what it stores. */
export async function lookIntoPage(page: Page): Promise<string[]> {
  const cookies = await page.context().cookies()
  const kept = await page.evaluate(async () => {
    const databases = (await indexedDB.databases()).map(({ name }) => name)
    const scripts = [...document.scripts].map(({ text, src }) => text + src)
    const named = Object.keys(globalThis).filter((name) => /track|token|secret|hubspot/i.test(name))
    const globals = named.map((name) => `${name}: ${String(Reflect.get(globalThis, name))}`)
    return JSON.stringify([{ ...localStorage }, { ...sessionStorage }, databases, document.cookie, scripts, globals])
  })
  return [page.url(), await page.title(), await page.content(), kept, JSON.stringify(cookies)]
}
