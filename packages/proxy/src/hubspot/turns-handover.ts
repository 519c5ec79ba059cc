/** What the next holder of an account's lease must know of the requests made for it. */
export interface TurnsHandover {
  /** Requests that HubSpot still counts: [when it does not any more, how many]. */
  slots: [number, number][]
  /** The part of the limit that is used. */
  share: number
  /** When more of it may be used, milliseconds since 1970. */
  regainAt?: number | undefined
  /** The limit, as HubSpot said it last. */
  max?: number | undefined
}

export function writeHandover(handover: TurnsHandover): string {
  return JSON.stringify(handover)
}

/** Undefined when there is none, or one that this version did not write. */
export function readHandover(text: string | undefined): TurnsHandover | undefined {
  if (text === undefined) return undefined
  try {
    const { slots, share, regainAt, max }: Partial<TurnsHandover> = JSON.parse(text)
    if (!Array.isArray(slots) || !slots.every(isSlot)) return undefined
    return { slots, share: typeof share === 'number' && share > 0 && share <= 1 ? share : 1, regainAt: Number.isSafeInteger(regainAt) ? regainAt : undefined, max: typeof max === 'number' && max > 0 ? max : undefined }
  } catch {
    return undefined
  }
}

function isSlot(slot: unknown): slot is [number, number] {
  return Array.isArray(slot) && slot.length === 2 && slot.every((each) => Number.isSafeInteger(each) && each >= 0)
}
