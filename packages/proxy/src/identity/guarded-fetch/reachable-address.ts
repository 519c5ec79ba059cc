import { BlockList, isIP } from 'node:net'

/**
 * Where no public service lives: loopback, private, shared (carrier-grade NAT), reserved, documentation, multicast.
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry
 */
const NOT_PUBLIC_V4 = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24'],
  ...['192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/3'],
]
/**
 * Of IPv6 only 2000::/3 is handed out; inside it, these lead elsewhere (Teredo, 6to4) or nowhere. Everything outside is refused: what is
 * local or unique local, what maps an IPv4 address, what NAT64 translates.
 * @see https://www.iana.org/assignments/iana-ipv6-special-registry
 */
const PUBLIC_V6 = '2000::/3'
const NOT_PUBLIC_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']
/** Clouds answer here with the machine's own credentials. It is never reached, written in whichever way. */
const LINK_LOCAL = ['169.254.0.0/16', 'fe80::/10', '::ffff:169.254.0.0/112', '64:ff9b::a9fe:0/112', 'fd00:ec2::254/128']

const notPublic = listOf([...NOT_PUBLIC_V4, ...NOT_PUBLIC_V6])
const publicV6 = listOf([PUBLIC_V6])
const linkLocal = listOf(LINK_LOCAL)
const loopback = listOf(['127.0.0.0/8', '::1/128'])

export interface Reach {
  /** Whether private addresses may be reached. Link-local ones never are. */
  allowPrivate: boolean
  /** Whether this machine's own loopback addresses may be, as where everything runs on one machine to try it out. */
  allowLoopback?: boolean
}

/** Why an address is not to be reached; undefined when it is. */
export function unreachableBecause(address: string, { allowPrivate, allowLoopback = false }: Reach): string | undefined {
  const family = isIP(address)
  if (family === 0) return 'it is no IP address'
  const is = (list: BlockList) => list.check(address, family === 4 ? 'ipv4' : 'ipv6')
  if (is(linkLocal)) return 'it is link-local'
  if (allowLoopback && is(loopback)) return undefined
  return allowPrivate || isPublicAddress(address) ? undefined : 'it is not public; "allowPrivate: true" allows it'
}

/** Whether an IP address is one of the public internet. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address)
  const is = (list: BlockList) => list.check(address, family === 4 ? 'ipv4' : 'ipv6')
  return family !== 0 && !is(linkLocal) && !is(notPublic) && (family === 4 || is(publicV6))
}

function listOf(networks: string[]): BlockList {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', bits] = network.split('/')
    list.addSubnet(address, Number(bits), isIP(address) === 4 ? 'ipv4' : 'ipv6')
  }
  return list
}
