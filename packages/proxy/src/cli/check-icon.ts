import { PNG } from 'pngjs'
import { shrinkOnWhite } from './shrink-image.ts'
import type { ShownPixel } from './shrink-image.ts'

export interface IconProblem {
  /** What is wrong, with the figure. */
  is: string
  /** What to do. */
  remedy: string
}

const MAX_BYTES = 5 * 1024 * 1024
/** The size at which a timeline shows it. */
const SHOWN_PX = 30
const MAX_ASPECT = 1.05
/** HubSpot's pages are white. Below 3 : 1 a graphic is hard to see (WCAG 2.2, 1.4.11). */
const MIN_CONTRAST = 3
const MIN_VISIBLE_SHARE = 0.05
/** A drawing in a wide empty frame is a dot at 30 pixels. */
const MIN_EXTENT_SHARE = 0.6
const HALF_OPAQUE = 128
/** Larger ones are not opened: a small file may hold a picture that fills the memory. */
const MAX_PX = 4_096
/** As many pixels of a side are looked at. */
const LOOKED_AT_PX = 256
/** The first 24 bytes of a PNG say that it is one, and its size (PNG specification, 5.2 and 11.2.1). */
const PNG_BEGINS = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
const SIZE_AT = 16

const OTHER_FORMATS: readonly [name: string, begins: RegExp][] = [
  ['a JPEG, which cannot be transparent', /^\xff\xd8\xff/],
  ['a GIF', /^GIF8/],
  ['a WebP', /^RIFF....WEBP/s],
  ['an SVG', /^\s*(?:<\?xml[^]*?)?<svg/i],
]

/**
 * Says what keeps an image from being the icon of an app's events: wrong format, not square, not transparent, not readable at 30×30,
 * too large. [] when nothing does.
 *
 * @see https://developers.hubspot.com/docs/api-reference/crm-timeline-v3/guide
 */
export function checkIcon(file: Buffer): IconProblem[] {
  const size = file.length > MAX_BYTES ? [{ is: `it has ${(file.length / 1024 / 1024).toFixed(1)} MB`, remedy: 'HubSpot takes at most 5 MB: save it smaller, 256×256 is plenty' }] : []
  const image = decode(file)
  if ('is' in image) return [...size, image]
  return [...size, ...shapeProblems(image), ...transparencyProblems(image)]
}

function decode(file: Buffer): PNG | IconProblem {
  const begin = file.subarray(0, 1_000).toString('latin1')
  const other = OTHER_FORMATS.find(([, begins]) => begins.test(begin))
  if (other) return { is: `it is ${other[0]}`, remedy: 'save it as a PNG with a transparent background' }
  const side = file.subarray(0, PNG_BEGINS.length).equals(PNG_BEGINS) && file.length >= SIZE_AT + 8 ? Math.max(file.readUInt32BE(SIZE_AT), file.readUInt32BE(SIZE_AT + 4)) : 0
  if (side > MAX_PX) return { is: `it is ${side} pixels large`, remedy: '256×256 is plenty: save it smaller' }
  try {
    return PNG.sync.read(file)
  } catch (error) {
    return { is: `it is no PNG that can be read (${error instanceof Error ? error.message : String(error)})`, remedy: 'save it as a PNG with a transparent background' }
  }
}

function shapeProblems({ width, height }: PNG): IconProblem[] {
  const problems: IconProblem[] = []
  const size = `it is ${width}×${height} pixels`
  if (Math.max(width, height) / Math.min(width, height) > MAX_ASPECT) problems.push({ is: `${size}, which is not square`, remedy: 'put it on a square canvas' })
  if (Math.min(width, height) < SHOWN_PX) problems.push({ is: size, remedy: `draw it with at least ${SHOWN_PX}×${SHOWN_PX} pixels: smaller ones are blurred` })
  return problems
}

function transparencyProblems(image: PNG): IconProblem[] {
  const pixels = pixelsOf(image)
  const opaque = pixels.filter(({ alpha }) => alpha >= HALF_OPAQUE)
  if (opaque.length === 0) return [{ is: 'every pixel is transparent', remedy: 'draw something that is not' }]
  if (opaque.length === pixels.length) return [{ is: 'no pixel is transparent', remedy: 'take the background out: HubSpot shows the icon on white and on grey' }]
  return [...extentProblems(image, opaque), ...contrastProblems(image)]
}

function extentProblems({ width, height }: PNG, opaque: readonly Pixel[]): IconProblem[] {
  const extent = (axis: 'x' | 'y') => {
    const places = opaque.map((pixel) => pixel[axis])
    return places.reduce((most, place) => Math.max(most, place), 0) - places.reduce((least, place) => Math.min(least, place), Infinity) + 1
  }
  const share = Math.max(extent('x') / width, extent('y') / height)
  if (share >= MIN_EXTENT_SHARE) return []
  return [{ is: `the drawing takes ${Math.round(share * 100)} % of the width and height`, remedy: `cut the empty frame off: at ${SHOWN_PX}×${SHOWN_PX} it is ${Math.round(share * SHOWN_PX)} pixels large` }]
}

/** As it is seen: at its size in a timeline, where a thin line is hardly there. */
function contrastProblems(image: PNG): IconProblem[] {
  const drawn = shrinkOnWhite(image, SHOWN_PX).filter(({ ink }) => ink > 0)
  const visible = drawn.filter((pixel) => 1.05 / (luminanceOf(pixel) + 0.05) >= MIN_CONTRAST).length / drawn.length
  if (visible >= MIN_VISIBLE_SHARE) return []
  const is = `at ${SHOWN_PX}×${SHOWN_PX}, ${Math.round(visible * 100)} % of the drawing stands out from white`
  return [{ is, remedy: 'use darker colours and thicker lines: HubSpot shows the icon on white' }]
}

interface Pixel {
  x: number
  y: number
  alpha: number
}

function pixelsOf({ width, height, data }: PNG): Pixel[] {
  const step = Math.ceil(Math.max(width, height) / LOOKED_AT_PX)
  const pixels: Pixel[] = []
  for (let y = 0; y < height; y += step) {
    for (let x = 0; x < width; x += step) {
      pixels.push({ x, y, alpha: data[(y * width + x) * 4 + 3] ?? 0 })
    }
  }
  return pixels
}

/** Relative luminance, WCAG 2.2. */
function luminanceOf({ red, green, blue }: ShownPixel): number {
  const [r = 0, g = 0, b = 0] = [red, green, blue].map((channel) => {
    const share = channel / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
