import { describe, expect, it } from 'vitest'
import { begin } from './stage/begin.ts'
import { expectDelivered } from './stage/expect-delivered.ts'

const scene = begin()

const cases = [
  {
    name: 'a click on a button tracks its event with its properties',
    html: '<button id="go" data-track="signup" data-track-plan="pro" data-track-plan-name="Yearly" data-other="no" data-tracking-id="7">go</button>',
    expected: [{ event: 'signup', properties: { plan: 'pro', planName: 'Yearly' } }],
  },
  {
    name: 'a click on something inside counts for the element around it',
    html: '<button data-track="signup"><svg width="20" height="20"><rect id="go" width="20" height="20"/></svg></button>',
    expected: [{ event: 'signup' }],
  },
  {
    name: 'a click tracks even where the page stops the event',
    html: '<div onclick="event.stopPropagation()"><a id="go" href="#there" data-track="followed">go</a></div>',
    expected: [{ event: 'followed' }],
  },
  {
    name: 'a form tracks its submit once, and not the clicks inside it',
    html: '<form data-track="ordered" data-track-kind="gift" onsubmit="return false"><button id="go">go</button></form>',
    expected: [{ event: 'ordered', properties: { kind: 'gift' } }],
  },
  {
    name: 'a button with an event of its own inside a form tracks both',
    html: '<form data-track="ordered" onsubmit="return false"><button id="go" data-track="pressed">go</button></form>',
    expected: [{ event: 'ordered' }, { event: 'pressed' }],
  },
  {
    name: 'a checkbox tracks once where its label is clicked',
    html: '<label id="go">terms <input type="checkbox" data-track="agreed"></label>',
    expected: [{ event: 'agreed' }],
  },
]

describe('data-track', () => {
  for (const { name, html, expected } of cases) {
    it(name, async () => {
      const { stage, page } = scene
      await stage.visitWithTag(page, {}, html)
      await expectDelivered(stage.endpoint, { action: () => page.click('#go'), expected })
      expect(stage.endpoint.messages()).toHaveLength(expected.length)
    })
  }

  it('an element that appears after the script ran is tracked too', async () => {
    const { stage, page } = scene
    await stage.visitWithTag(page)
    await page.evaluate(() => {
      const button = document.createElement('button')
      document.body.append(Object.assign(button, { id: 'late', textContent: 'late' }))
    })
    await page.evaluate(() => document.querySelector('#late')!.setAttribute('data-track', 'late'))
    await expectDelivered(stage.endpoint, { action: () => page.click('#late'), expected: [{ event: 'late' }] })
  })

  it('a form whose fields are named like parts of an element throws nothing into the page', async () => {
    const { stage, page } = scene
    const errors: string[] = []
    page.on('pageerror', (error) => errors.push(String(error)))
    const fields = ['closest', 'dataset', 'tagName'].map((name) => `<input name="${name}">`).join('')
    const button = '<button id="go" data-track="pressed">go</button>'
    const html = `<form data-track="ordered" onsubmit="return false">${fields}${button}</form>`
    await stage.visitWithTag(page, {}, html)
    await expectDelivered(stage.endpoint, { action: () => page.click('#go'), expected: [{ event: 'pressed' }] })
    await page.evaluate(() => document.dispatchEvent(new Event('click')))
    expect(errors).toEqual([])
  })
})
