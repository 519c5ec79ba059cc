import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PNG } from 'pngjs'
import { expect, it, onTestFinished } from 'vitest'
import { checkIcon } from '../../src/cli/check-icon.ts'
import { makeTempFolder } from '../stage/temp-folder.ts'
import { runCli } from '../stage/run-cli.ts'

interface Drawing {
  width?: number
  height?: number
  /** Red, green, blue. */
  color?: [number, number, number]
  /** Share of each side that the drawing leaves free around it. */
  frame?: number
}

function draw({ width = 60, height = 60, color = [10, 20, 120], frame = 0.1 }: Drawing = {}): Buffer {
  const image = new PNG({ width, height })
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const isInside = x >= width * frame && x < width * (1 - frame) && y >= height * frame && y < height * (1 - frame)
      image.data.set(isInside ? [...color, 255] : [0, 0, 0, 0], (y * width + x) * 4)
    }
  }
  return PNG.sync.write(image)
}

/** Two lines across a transparent square. */
function drawCross(side: number, linePx: number): Buffer {
  const image = new PNG({ width: side, height: side })
  const isInk = (at: number) => Math.abs(at - side / 2) < linePx / 2 + 0.5
  for (let at = 0; at < side * side; at++) if (isInk(at % side) || isInk(Math.floor(at / side))) image.data.set([0, 0, 0, 255], at * 4)
  return PNG.sync.write(image)
}

it('a square, transparent, visible PNG can be an icon', () => {
  expect(checkIcon(draw())).toEqual([])
  expect(checkIcon(draw({ width: 30, height: 30 }))).toEqual([])
  expect(checkIcon(draw({ width: 1_000, height: 1_000 }))).toEqual([])
  expect(checkIcon(drawCross(400, 40))).toEqual([])
})

it.each<[string, Buffer, RegExp[]]>([
  ['a wide one', draw({ width: 100, height: 60 }), [/it is 100×60 pixels, which is not square/]],
  ['a small one', draw({ width: 16, height: 16 }), [/it is 16×16 pixels/]],
  ['one without transparency', draw({ frame: 0 }), [/no pixel is transparent/]],
  ['an empty one', draw({ frame: 0.5 }), [/every pixel is transparent/]],
  ['a dot in a wide frame', draw({ frame: 0.4 }), [/the drawing takes 20 % of the width and height/]],
  ['a white one', draw({ color: [255, 255, 255] }), [/0 % of the drawing stands out from white/]],
  ['a yellow one', draw({ color: [255, 240, 120] }), [/stands out from white/]],
  ['one of thin lines', drawCross(400, 1), [/at 30×30, 0 % of the drawing stands out from white/]],
  ['one that is wrong in two ways', draw({ width: 20, height: 10, frame: 0 }), [/not square/, /20×10/, /no pixel is transparent/]],
  ['a JPEG', Buffer.from('ffd8ffe000104a464946', 'hex'), [/it is a JPEG, which cannot be transparent/]],
  ['a GIF', Buffer.from('GIF89a'), [/it is a GIF/]],
  ['a WebP', Buffer.from('RIFF0000WEBPVP8 '), [/it is a WebP/]],
  ['an SVG', Buffer.from('<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>'), [/it is an SVG/]],
  ['an empty file', Buffer.alloc(0), [/no PNG that can be read/]],
  ['half a PNG', draw().subarray(0, 60), [/no PNG that can be read/]],
  ['a text', Buffer.from('hello'), [/no PNG that can be read/]],
])('%s is told what is wrong', (_, file, problems) => {
  const found = checkIcon(file)
  expect(found).toHaveLength(problems.length)
  problems.forEach((problem, at) => expect(found[at]?.is).toMatch(problem))
  for (const { remedy } of found) expect(remedy).not.toBe('')
})

it('a file of more than 5 MB is too large', () => {
  const padded = Buffer.concat([draw(), Buffer.alloc(5 * 1024 * 1024)])
  expect(checkIcon(padded)[0]?.is).toBe('it has 5.0 MB')
})

it('a picture that would fill the memory is not opened', () => {
  const huge = Buffer.from(draw())
  huge.writeUInt32BE(60_000, 16)
  expect(checkIcon(huge)).toEqual([{ is: 'it is 60000 pixels large', remedy: '256×256 is plenty: save it smaller' }])
})

it('the command ends with 0 for an icon, 1 for none, 2 for no file', async () => {
  const folder = makeTempFolder()
  onTestFinished(folder.remove)
  writeFileSync(join(folder.path, 'good.png'), draw())
  writeFileSync(join(folder.path, 'wide.png'), draw({ width: 100 }))
  const check = (...args: string[]) => runCli(['icon', 'check', ...args], { cwd: folder.path })
  expect(await check('good.png')).toEqual({ code: 0, stdout: 'good.png can be an icon\n', stderr: '' })
  expect(await check('wide.png')).toMatchObject({ code: 1, stdout: 'wide.png: it is 100×60 pixels, which is not square: put it on a square canvas\n' })
  expect(JSON.parse((await check('wide.png', '--json')).stdout)).toEqual({ problems: [{ is: 'it is 100×60 pixels, which is not square', remedy: 'put it on a square canvas' }] })
  expect(await check('none.png')).toMatchObject({ code: 2, stderr: expect.stringMatching(/<file>: none\.png cannot be read/) })
})
