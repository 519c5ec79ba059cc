/** A browser engine that this machine has or lacks. */
export interface Engine {
  name: 'Chromium' | 'Firefox' | 'WebKit'
  /** What must be installed before it can be launched; undefined when nothing is missing. */
  missing: string | undefined
  launch(): Promise<Browser>
}

export interface Browser {
  /**
   * Storage that no other profile sees; in WebKit, which has one for each process, only the tabs are its own: tests there keep apart by
   * the endpoint's address, which every stored key begins with.
   */
  newProfile(): Promise<Profile>
  close(): Promise<void>
}

export interface Profile {
  newTab(): Promise<Tab>
  /** Closes its tabs too. */
  close(): Promise<void>
}

export interface Tab {
  /** Resolves when the page has loaded, its module scripts run. */
  goto(url: string): Promise<unknown>
  /** Runs this in the page: it sees nothing but the page and its argument, and gives back what JSON can hold. */
  evaluate<Result, Argument>(run: (argument: Argument) => Result | Promise<Result>, argument?: Argument): Promise<Result>
  /** Presses what this CSS selector finds. */
  click(selector: string): Promise<void>
  /** With what the page does when it is left. */
  close(): Promise<void>
  /** Ends the page's process, so that nothing of the page runs any more. Absent where the driver cannot. */
  crash?(): Promise<void>
}
