import { nextMessage, start, stop } from './child.ts'
import type { LoadOrder, LoadResult, LoadSettings } from './messages.ts'

/** Where servers are compared. One runs for weeks: V8 should be through with compiling what is hot. */
export const WARM_UP_SECONDS = Number(process.env.WARM_UP_SECONDS ?? 8)

type LoadMessage = LoadResult | number | 'ready'

/** A load generator in a process of its own that has opened its connections and warmed the servers up. */
export interface Load {
  /** Where nothing was sent for a while: opens again what the server has closed, and sends for a moment. */
  prepare(): Promise<void>
  /** For as long as the settings say; again, if wanted. */
  run(): Promise<LoadResult>
  /** Requests that have been answered until now, those of the warm-up too; while it runs. */
  answeredSoFar(): Promise<number>
  stop(): Promise<void>
}

export async function warmUp(settings: LoadSettings): Promise<Load> {
  const generator = start('./load-generator.ts')
  generator.send(settings)
  await nextMessage(generator)
  return {
    async prepare() {
      tell('prepare')
      await messageThat((message) => message === 'ready')
    },
    run() {
      tell('go')
      return messageThat((message): message is LoadResult => typeof message === 'object')
    },
    answeredSoFar() {
      tell('count')
      return messageThat((message) => typeof message === 'number')
    },
    stop: () => stop(generator),
  }

  function tell(order: LoadOrder): void {
    generator.send(order)
  }

  async function messageThat<Wanted extends LoadMessage>(isWanted: (message: LoadMessage) => message is Wanted): Promise<Wanted> {
    for (;;) {
      const message = await nextMessage<LoadMessage>(generator)
      if (isWanted(message)) return message
    }
  }
}
