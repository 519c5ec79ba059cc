import type { PNG } from 'pngjs'

/** A pixel as it is seen on white. */
export interface ShownPixel {
  /** 0 to 255. */
  red: number
  green: number
  blue: number
  /** How much of it is drawn: 0 to 1. */
  ink: number
}

const WHITE = 255
/** Sums of one shown pixel: red, green, blue, ink, pixels. */
const SUMS = 5

/** An image on white paper, `size` pixels wide and high, each the mean of those that it stands for: thin lines and pale colours fade. */
export function shrinkOnWhite({ width, height, data }: PNG, size: number): ShownPixel[] {
  const sums = new Float64Array(size * size * SUMS)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * 4
      const to = (Math.floor((y * size) / height) * size + Math.floor((x * size) / width)) * SUMS
      const ink = (data[from + 3] ?? 0) / 255
      const add = (at: number, value: number) => (sums[to + at] = (sums[to + at] ?? 0) + value)
      for (let channel = 0; channel < 3; channel++) add(channel, (data[from + channel] ?? 0) * ink + WHITE * (1 - ink))
      add(3, ink)
      add(4, 1)
    }
  }
  return Array.from({ length: size * size }, (_, pixel) => meanOf(sums.subarray(pixel * SUMS, (pixel + 1) * SUMS)))
}

function meanOf([red = 0, green = 0, blue = 0, ink = 0, pixels = 0]: Float64Array): ShownPixel {
  // In an image that is smaller than it is shown, some stand for none.
  if (pixels === 0) return { red: WHITE, green: WHITE, blue: WHITE, ink: 0 }
  return { red: red / pixels, green: green / pixels, blue: blue / pixels, ink: ink / pixels }
}
