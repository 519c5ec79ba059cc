import { measureDelivery } from './delivery-round.ts'
import type { DeliveryRound } from './delivery-round.ts'
import { measureDrain } from './drain.ts'
import { drawBars } from './draw-bars.ts'
import { installPublished } from './install-published.ts'
import { installRivals } from './install-rivals.ts'
import { measureLatency } from './latency.ts'
import { median, report } from './report.ts'
import { judge } from './requirements.ts'
import { signIn } from './session.ts'
import { SIDES } from './sides.ts'

/**
 * `npm run bench:delivery`: events delivered per second to a HubSpot that takes 80 ms, while they come in, against @fastify/jwt and
 * http-proxy. Both sides in one run, interleaved; server, upstream and load in processes of their own. Then: how fast queued events go at
 * HubSpot's real limit; how soon an event goes with nothing else to do; what one account that gets no answer costs 999 others. ROUNDS,
 * SECONDS, CONNECTIONS and DRAINED_EVENTS (0 leaves all after the first part out) change it.
 */
const ROUNDS = Number(process.env.ROUNDS ?? 3)
const SECONDS = Number(process.env.SECONDS ?? 5)
const CONNECTIONS = (process.env.CONNECTIONS ?? '64,512').split(',').map(Number)
const DRAINED_EVENTS = Number(process.env.DRAINED_EVENTS ?? 100_000)
/** Events of one person reach HubSpot one batch after the other: as many people as send that many events in a few minutes. */
const PEOPLE = 5_000
const SIDE_NAMES = ['http-proxy', 'trackline'] as const
const RATIOS_WANTED: Record<number, number> = { 64: 8, 512: 4 }

type SideName = (typeof SIDE_NAMES)[number]

installPublished()
installRivals('rivals')
const sessions = await signIn(PEOPLE)
const results: { connections: number; ratio: number; figures: Record<SideName, DeliveryRound> }[] = []
for (const connections of CONNECTIONS) {
  const rounds: Record<SideName, DeliveryRound[]> = { 'http-proxy': [], trackline: [] }
  for (let round = 0; round < ROUNDS; round++) for (const name of SIDE_NAMES) rounds[name].push(await measureDelivery(name, { sessions, connections, seconds: SECONDS }))
  const figures = { 'http-proxy': medians(rounds['http-proxy']), trackline: medians(rounds.trackline) }
  results.push({ connections, ratio: figures.trackline.deliveredPerSecond / figures['http-proxy'].deliveredPerSecond, figures })
  process.stdout.write(`${connections} connections, one event a request, median of ${ROUNDS} rounds of ${SECONDS} s\n`)
  for (const name of SIDE_NAMES) process.stdout.write(`  ${describe(name, figures[name])}\n`)
}
const requirements = results.flatMap(({ connections, ratio, figures }) => [
  { what: `delivered/s ÷ http-proxy, ${connections} connections`, is: ratio, atLeast: RATIOS_WANTED[connections] ?? 1 },
  // One that grows doubles from the middle to the end.
  { what: `events waiting at the end ÷ half-way, ${connections} connections`, is: figures.trackline.backlog / figures.trackline.backlogHalfWay, atMost: 1.5 },
])
const others = DRAINED_EVENTS > 0 ? await measureOthers() : undefined
report('delivery', {
  rounds: ROUNDS,
  results: { results, ...others, requirements: judge([...requirements, ...(others?.requirements ?? [])]) },
  picture: drawBars({
    title: 'Events delivered per second (HubSpot takes 80 ms)',
    bars: results.flatMap(({ connections, figures }) => SIDE_NAMES.map((name) => ({ label: `${SIDES[name].label}, ${connections} connections`, value: figures[name].deliveredPerSecond }))),
  }),
})

async function measureOthers() {
  const drain = await measureDrain(DRAINED_EVENTS)
  process.stdout.write(`${drain.events} queued events at 110 calls in 10 s: ${drain.calls} calls of ${drain.eventsPerCall} events in ${drain.seconds.toFixed(1)} s, `)
  process.stdout.write(`${(drain.shareOfAllowed * 100).toFixed(1)} % of what is allowed, ${drain.refusedForRate} refused for the rate\n`)
  const latency = await measureLatency()
  const { idleP50Ms, healthy, besideDead } = latency
  process.stdout.write(`with nothing else to do HubSpot is called ${idleP50Ms.toFixed(1)} ms after the 202 (p50)\n`)
  process.stdout.write(`1,000 accounts, an event each, one after the other: p50 ${healthy.p50Ms.toFixed(1)} ms, p99 ${healthy.p99Ms.toFixed(1)} ms; `)
  process.stdout.write(`while HubSpot does not answer one of them: p50 ${besideDead.p50Ms.toFixed(1)} ms, p99 ${besideDead.p99Ms.toFixed(1)} ms\n`)
  const requirements = [
    { what: "share of what HubSpot's rate allows, draining", is: drain.shareOfAllowed, atLeast: 0.95 },
    { what: 'ms from the 202 to the call of HubSpot, idle, p50', is: idleP50Ms, atMost: 20 },
    { what: "others' latency beside a dead account ÷ without, p50", is: besideDead.p50Ms / healthy.p50Ms, atMost: 1.1 },
  ]
  return { drain, latency, requirements }
}

function medians(rounds: DeliveryRound[]): DeliveryRound {
  const of = (figure: keyof DeliveryRound) => median(rounds.map((round) => round[figure]))
  return {
    ...{ acceptedPerSecond: of('acceptedPerSecond'), deliveredPerSecond: of('deliveredPerSecond'), backlogHalfWay: of('backlogHalfWay') },
    ...{ backlog: of('backlog'), drainMs: of('drainMs'), cpuMicroseconds: of('cpuMicroseconds') },
  }
}

function describe(name: SideName, figures: DeliveryRound): string {
  const { deliveredPerSecond, acceptedPerSecond, cpuMicroseconds, backlogHalfWay, backlog, drainMs } = figures
  const rates = `${deliveredPerSecond.toFixed(0)} delivered/s, ${acceptedPerSecond.toFixed(0)} accepted/s, ${cpuMicroseconds.toFixed(0)} µs of CPU an event`
  return `${SIDES[name].label.padEnd(26)} ${rates}; waiting: ${backlogHalfWay.toFixed(0)} half-way, ${backlog.toFixed(0)} at the end, for ${drainMs.toFixed(0)} ms`
}
