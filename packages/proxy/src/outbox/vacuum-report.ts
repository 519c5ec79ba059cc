/** What giving disk space back has come to. */
export interface VacuumReport {
  beforeBytes: number
  afterBytes: number
  /** What was done, or why nothing was, in words. */
  says: string
}
