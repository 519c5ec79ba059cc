import { nextMessage, start } from './child.ts'
import type { LoadResult, LoadSettings } from './messages.ts'

/** A load generator in a process of its own that has opened its connections and warmed the servers up. */
export interface Load {
  run(): Promise<LoadResult>
  /** Requests that have been answered until now, those of the warm-up too; while it runs. */
  answeredSoFar(): Promise<number>
}

export async function warmUp(settings: LoadSettings): Promise<Load> {
  const generator = start('./load-generator.ts')
  generator.send(settings)
  await nextMessage(generator)
  return {
    run() {
      generator.send('go')
      return messageThat((message): message is LoadResult => typeof message === 'object')
    },
    answeredSoFar() {
      generator.send('count')
      return messageThat((message) => typeof message === 'number')
    },
  }

  async function messageThat<Wanted extends LoadResult | number>(isWanted: (message: LoadResult | number) => message is Wanted): Promise<Wanted> {
    for (;;) {
      const message = await nextMessage<LoadResult | number>(generator)
      if (isWanted(message)) return message
    }
  }
}
