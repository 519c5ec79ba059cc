/** `fine`: as it should be. `note`: worth knowing, or it could not be looked at. `wrong`: events suffer, or will. */
export type Level = 'fine' | 'note' | 'wrong'

/** What one look found. */
export interface Finding {
  level: Level
  /** What is so. Holds no secret and no email. */
  says: string
  /** What to do about it. */
  remedy?: string
}

export function fine(says: string): Finding {
  return { level: 'fine', says }
}

export function note(says: string, remedy?: string): Finding {
  return { level: 'note', says, ...(remedy === undefined ? {} : { remedy }) }
}

export function wrong(says: string, remedy?: string): Finding {
  return { level: 'wrong', says, ...(remedy === undefined ? {} : { remedy }) }
}
