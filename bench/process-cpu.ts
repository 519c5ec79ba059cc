import { readFileSync, readdirSync } from 'node:fs'

/** What `getconf CLK_TCK` says on every Linux that Node runs on. */
const MICROSECONDS_A_TICK = 10_000

/** CPU time of a process, of its children and of those of them that have ended, in microseconds. From /proc: undefined where there is none. */
export function cpuOfTree(pid: number): number | undefined {
  try {
    const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap(readProcess)
    const own = processes.filter((each) => each.pid === pid || each.parent === pid)
    return own.reduce((sum, { ticks }) => sum + ticks, 0) * MICROSECONDS_A_TICK
  } catch {
    return undefined
  }
}

/** Of /proc/PID/stat: after the name in parentheses come the state, the parent and, from the 12th on, the ticks: user, system, and those of ended children. */
function readProcess(name: string): { pid: number; parent: number; ticks: number }[] {
  try {
    const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
    return [{ pid: Number(name), parent: Number(fields[1]), ticks }]
  } catch {
    return [] // It has ended in between.
  }
}
