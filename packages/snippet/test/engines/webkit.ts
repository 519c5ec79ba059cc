import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { Builder, By, Capabilities } from 'selenium-webdriver'
import type { WebDriver } from 'selenium-webdriver'
import type { Browser, Engine, Profile, Tab } from './engine.ts'
import { evaluateInTurns } from './evaluate-in-turns.ts'

const DRIVER = '/usr/bin/WebKitWebDriver'
const XVFB = '/usr/bin/Xvfb'
const packages = { 'webkit2gtk-driver': DRIVER, xvfb: XVFB }
const missing = Object.entries(packages).flatMap(([name, path]) => (existsSync(path) ? [] : [name])).join(', ')

/** WebKitGTK's own small browser, on a screen that nobody sees, through WebDriver. */
export const webkit: Engine = { name: 'WebKit', missing: missing || undefined, launch }

async function launch(): Promise<Browser> {
  const screen = spawn(XVFB, ['-displayfd', '3', '-screen', '0', '1024x768x24', '-nolisten', 'tcp'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] })
  const [display] = await once(screen.stdio[3]!, 'data')
  const port = await findFreePort()
  const env = { ...process.env, DISPLAY: `:${String(display).trim()}` }
  const service = spawn(DRIVER, [`--port=${port}`, '--host=127.0.0.1'], { env, stdio: 'ignore' })
  const url = `http://127.0.0.1:${port}`
  await untilReady(`${url}/status`)
  const driver = await new Builder().usingServer(url).withCapabilities(new Capabilities({ browserName: 'MiniBrowser' })).build()
  // The session lasts as long as some window: this one is no test's.
  const home = await driver.getWindowHandle()
  return browserOf(driver, { home, close: () => end(driver, [service, screen]) })
}

function browserOf(driver: WebDriver, { home, close }: { home: string; close: () => Promise<void> }): Browser {
  let turn: Promise<unknown> = Promise.resolve()

  /** The driver's commands concern the window it has switched to: who acts on a window has the driver alone meanwhile. */
  function inWindow<T>(handle: string, act: () => Promise<T>): Promise<T> {
    const acted = turn.then(async () => {
      await driver.switchTo().window(handle)
      return act()
    })
    turn = acted.catch(() => {})
    return acted
  }

  async function newTab(): Promise<Tab> {
    const handle = await inWindow(home, async () => {
      await driver.switchTo().newWindow('tab')
      return driver.getWindowHandle()
    })
    return {
      goto: (url) => inWindow(handle, () => driver.get(url)),
      evaluate: (run, argument) => evaluateInTurns((script, ...values) => inWindow(handle, () => driver.executeAsyncScript(script, ...values)), run, argument),
      click: (selector) => inWindow(handle, () => driver.findElement(By.css(selector)).click()),
      close: () => inWindow(handle, () => driver.close()),
    }
  }

  async function newProfile(): Promise<Profile> {
    const open = new Set<Tab>()
    return {
      async newTab() {
        const tab = await newTab()
        const closing = { ...tab, close: () => (open.delete(closing), tab.close()) }
        open.add(closing)
        return closing
      },
      async close() {
        for (const tab of [...open]) await tab.close()
      },
    }
  }

  return { newProfile, close }
}

async function end(driver: WebDriver, processes: ChildProcess[]): Promise<void> {
  await driver.quit()
  for (const each of processes) each.kill()
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A server that listens on a port has an address of this shape.
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

async function untilReady(url: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const isReady = await fetch(url).then(({ ok }) => ok, () => false)
    if (isReady) return
    await delay(50)
  }
  throw new Error(`WebKitWebDriver does not answer at ${url}`)
}
