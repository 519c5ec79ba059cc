import { validationError } from '../http/hubspot-error.ts'
import { describe, isFields } from '../http/read-fields.ts'
import type { Fields } from '../http/read-fields.ts'

/** A page that an event opens in a frame. Sizes are pixels. */
export type TimelineIFrame = { linkLabel: string; headerLabel: string; url: string; width: number; height: number }

/** What an API calls the frame's header and address; everything else has one name. */
export type IFrameNames = { headerLabel: string; url: string }

export const IFRAME_NAMES: IFrameNames = { headerLabel: 'headerLabel', url: 'url' }
export const IFRAME_NAMES_V1: IFrameNames = { headerLabel: 'iframeLabel', url: 'iframeUri' }

/** Reads `timelineIFrame`, all of whose five parts must be there, or 400; undefined for none. */
export function readIFrame(value: unknown, names: IFrameNames = IFRAME_NAMES): TimelineIFrame | undefined {
  if (value === undefined) return undefined
  if (!isFields(value)) throw validationError(`"timelineIFrame" must be an object, not ${describe(value)}`)
  const { linkLabel, width, height } = value
  const [headerLabel, url] = [value[names.headerLabel], value[names.url]]
  if (!isText(linkLabel) || !isText(headerLabel) || !isText(url) || !isPixels(width) || !isPixels(height)) {
    throw validationError(
      `"timelineIFrame" needs all of linkLabel, ${names.headerLabel} and ${names.url} (strings) ` +
        'and width and height (whole numbers)',
    )
  }
  return { linkLabel, headerLabel, url, width, height }
}

/** The frame in an API's own names. */
export function iframeWire(frame: TimelineIFrame | undefined, names: IFrameNames): Fields | undefined {
  if (frame === undefined) return undefined
  const { linkLabel, headerLabel, url, width, height } = frame
  return { linkLabel, [names.headerLabel]: headerLabel, [names.url]: url, width, height }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function isPixels(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0
}
