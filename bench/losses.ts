import { randomInt } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { ask, end, nextMessage, start, stop } from './child.ts'
import { startDatabase } from './databases.ts'
import type { LossLoadSettings } from './loss-load.ts'
import type { Sessions } from './session.ts'
import { SIDES, prepareSide } from './sides.ts'
import type { SideName } from './sides.ts'

/** What a side that delivers has lost, over all its kills. */
export interface Loss {
  name: SideName
  kills: number
  acknowledged: number
  /** Acknowledged, and not at the upstream however long one waits. */
  lost: number
  /** Sent to the upstream more than once; HubSpot keeps one of an id. */
  twice: number
}

const CONNECTIONS = 64
/** The kill comes after as many acknowledged events, evenly spread. */
const [FEWEST, MOST] = [500, 4_000]
/** Jobs of a worker that has died are given to another after 30 s by BullMQ, by pg-boss when its next look after their expiry comes. */
const WAIT_MS = 120_000
/** Without a store nothing can come later. */
const WAIT_WITHOUT_STORE_MS = 10_000
const LOOK_EVERY_MS = 200

/** Kills each side's server (not its database) with -9 at a random moment under load, starts it again, and looks for what it had acknowledged. */
export async function measureLosses(sides: SideName[], { kills, sessions }: { kills: number; sessions: Sessions }): Promise<Loss[]> {
  process.stdout.write(`\nkilled with -9 ${kills} times while ${CONNECTIONS} connections send, then started again\n`)
  process.stdout.write(`  ${''.padEnd(30)}${['acknowledged', 'lost', 'sent twice'].map((title) => title.padStart(14)).join('')}\n`)
  const losses: Loss[] = []
  for (const name of sides) {
    const loss = { name, kills, acknowledged: 0, lost: 0, twice: 0 }
    for (let kill = 0; kill < kills; kill++) {
      const { acknowledged, lost, twice } = await killOnce(name, sessions)
      Object.assign(loss, { acknowledged: loss.acknowledged + acknowledged, lost: loss.lost + lost, twice: loss.twice + twice })
    }
    process.stdout.write(`  ${SIDES[name].label.padEnd(30)}${[loss.acknowledged, loss.lost, loss.twice].map((count) => String(count).padStart(14)).join('')}\n`)
    losses.push(loss)
  }
  return losses
}

async function killOnce(name: SideName, { publicKey, tokens }: Sessions): Promise<Pick<Loss, 'acknowledged' | 'lost' | 'twice'>> {
  const upstream = start('./upstream.ts')
  const described = SIDES[name]
  const database = 'database' in described ? await startDatabase(described.database) : undefined
  const side = prepareSide(name, { upstream: await nextMessage<string>(upstream), publicKey, database, delivers: true })
  const { server, url } = await side.run()
  const load = start('./loss-load.ts')
  load.send({ url, tokens, connections: CONNECTIONS, tellAt: randomInt(FEWEST, MOST) } satisfies LossLoadSettings)
  await nextMessage(load)
  const told = nextMessage<string[]>(load)
  await end(server, 'SIGKILL')
  const acknowledged = await told
  const { server: second } = await side.run()
  const sent = await sentOf(acknowledged, () => ask(upstream, 'marked'), database || name === 'trackline' ? WAIT_MS : WAIT_WITHOUT_STORE_MS)
  await Promise.all([second, upstream].map(stop))
  await database?.stop()
  side.remove()
  return { acknowledged: acknowledged.length, lost: acknowledged.filter((id) => !sent[id]).length, twice: Object.values(sent).filter((count) => count > 1).length }
}

/** What the upstream has got, as soon as all is there that was acknowledged, or after `waitMs`. */
async function sentOf(acknowledged: string[], look: () => Promise<Record<string, number>>, waitMs: number): Promise<Record<string, number>> {
  const endAt = performance.now() + waitMs
  for (;;) {
    const sent = await look()
    if (acknowledged.every((id) => sent[id]) || performance.now() > endAt) return sent
    await setTimeout(LOOK_EVERY_MS)
  }
}
