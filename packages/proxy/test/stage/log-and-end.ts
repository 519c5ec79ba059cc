import { realWorld } from '../../src/world.ts'

/** Logs for a while, then ends as the service does, with `process.exit`. */
const { logger } = realWorld()
for (let line = 0; line < 5_000; line++) {
  logger.info({ line, filler: 'x'.repeat(100) }, 'story')
  if (line % 1_000 === 0) await new Promise((resolve) => setTimeout(resolve, 20))
}
logger.info('the last one')
process.exit(0)
