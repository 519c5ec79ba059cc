import { describe, expect, it } from 'vitest'
import { guardedFetch } from '../../src/identity/guarded-fetch/guarded-fetch.ts'
import { isPublicAddress } from '../../src/identity/guarded-fetch/reachable-address.ts'
import { serveOnLoopback } from './serve-on-loopback.ts'

/** A resolver that answers as it is told, one answer after another, and counts. */
function fakeResolver(...answers: string[][]) {
  const asked: string[] = []
  const resolve = async (hostname: string) => {
    const addresses = answers[Math.min(asked.length, answers.length - 1)] ?? []
    asked.push(hostname)
    return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
  }
  return { resolve, asked }
}

const ok = () => serveOnLoopback((_, response) => response.end('{"ok":true}'))

describe('an address that is not public', () => {
  it.each([
    ...['127.0.0.1', '127.9.9.9', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.169.254', '100.64.0.1', '100.127.255.255'],
    ...['0.0.0.0', '192.0.2.1', '198.18.0.1', '198.51.100.1', '203.0.113.1', '224.0.0.1', '240.0.0.1', '255.255.255.255'],
    ...['::', '::1', 'fe80::1', 'fc00::1', 'fd00:ec2::254', 'ff02::1', '::ffff:127.0.0.1', '::ffff:10.0.0.1', '::ffff:8.8.8.8', '::127.0.0.1'],
    ...['64:ff9b::7f00:1', '64:ff9b::808:808', '64:ff9b:1::1', '2001::1', '2001:db8::1', '2002:7f00:1::1', '100::1'],
  ])('%s is not', (address) => {
    expect(isPublicAddress(address)).toBe(false)
  })

  it.each(['8.8.8.8', '100.63.255.255', '100.128.0.1', '172.15.0.1', '172.32.0.1', '169.253.0.1', '2606:4700::1111', '2a00:1450:4001:81b::200e'])('%s is', (address) => {
    expect(isPublicAddress(address)).toBe(true)
  })
})

describe('the guarded fetch', () => {
  it('asks https only', async () => {
    const server = await ok()
    await expect(guardedFetch()(server.url)).rejects.toThrow('only https is asked')
    await expect(guardedFetch({ allowPrivate: true })('ftp://127.0.0.1/')).rejects.toThrow('only https is asked')
    expect(server.asked).toEqual([])
  })

  it.each([
    ...['127.0.0.1', '[::1]', '10.1.2.3', '192.168.0.1', '169.254.169.254', '100.64.0.1', '[fd00::1]', '[::ffff:127.0.0.1]', '[64:ff9b::7f00:1]'],
    // As the URL parser reads them, all of these are 127.0.0.1.
    ...['0x7f000001', '2130706433', '017700000001', '127.1'],
  ])('does not ask https://%s, and connects nowhere', async (host) => {
    const { resolve, asked } = fakeResolver(['127.0.0.1'])
    await expect(guardedFetch({ resolve })(`https://${host}/`)).rejects.toThrow(/is not asked: it is (not public|link-local)/)
    expect(asked).toEqual([])
  })

  it.each([['127.0.0.1'], ['10.0.0.1'], ['169.254.169.254'], ['::1'], ['::ffff:127.0.0.1'], ['64:ff9b::a00:1'], ['fd12::1']])('does not ask a name that leads to %s', async (address) => {
    const { resolve } = fakeResolver([address])
    await expect(guardedFetch({ resolve })('https://users.example.com/')).rejects.toThrow(`users.example.com is not asked: it leads to ${address}`)
  })

  it('refuses a name that leads to a public address and a private one', async () => {
    const { resolve } = fakeResolver(['8.8.8.8', '127.0.0.1'])
    await expect(guardedFetch({ resolve })('https://users.example.com/')).rejects.toThrow('it leads to 127.0.0.1')
  })

  it('connects to the address that was checked: a name that changes its mind afterwards changes nothing', async () => {
    // Both listen on one port: whoever resolved a second time would reach the other.
    const checked = await serveOnLoopback((_, response) => response.end('checked'), '127.0.0.2')
    const { resolve, asked } = fakeResolver(['127.0.0.2'], ['127.0.0.1'])
    const fetch = guardedFetch({ allowPrivate: true, resolve })
    expect(await (await fetch(`http://users.example.com:${checked.port}/a`)).text()).toBe('checked')
    expect(checked.asked[0]?.headers.host).toBe(`users.example.com:${checked.port}`)
    expect(asked).toEqual(['users.example.com'])
  })

  it('checks again for each new connection: what was public a moment ago is refused when it is private now', async () => {
    const loopback = await ok()
    const { resolve, asked } = fakeResolver([], ['127.0.0.1'])
    const fetch = guardedFetch({ resolve })
    const url = `https://users.example.com:${loopback.port}/`
    await expect(fetch(url)).rejects.toThrow('it leads nowhere')
    await expect(fetch(url)).rejects.toThrow('it leads to 127.0.0.1')
    expect([asked.length, loopback.asked]).toEqual([2, []])
  })

  it('with allowPrivate reaches private addresses, by http too; link-local ones never', async () => {
    const server = await ok()
    const fetch = guardedFetch({ allowPrivate: true })
    expect(await (await fetch(server.url)).json()).toEqual({ ok: true })
    await expect(fetch('http://169.254.169.254/latest/meta-data')).rejects.toThrow('it is link-local')
    await expect(fetch('http://[::ffff:169.254.169.254]/')).rejects.toThrow('it is link-local')
    await expect(fetch('http://8.8.8.8/')).rejects.toThrow('http is for private addresses only')
    const { resolve } = fakeResolver(['8.8.8.8'])
    await expect(guardedFetch({ allowPrivate: true, resolve })('http://users.example.com/')).rejects.toThrow('http is for private addresses only')
  })

  it('does not follow a redirect', async () => {
    const elsewhere = await ok()
    const server = await serveOnLoopback((_, response) => response.writeHead(302, { location: elsewhere.url }).end())
    const answer = await guardedFetch({ allowPrivate: true })(server.url)
    expect([answer.status, elsewhere.asked]).toEqual([302, []])
  })

  it.each([65_536, 65_537])('takes an answer of 65 536 bytes and no more: %i', async (size) => {
    const server = await serveOnLoopback((_, response) => response.end('x'.repeat(size)))
    const read = async () => (await (await guardedFetch({ allowPrivate: true })(server.url)).text()).length
    if (size <= 65_536) expect(await read()).toBe(size)
    else await expect(read()).rejects.toThrow('larger than 65536 bytes')
  })

  it('gives up an answer that goes on for ever', async () => {
    const server = await serveOnLoopback((_, response) => {
      const endless = setInterval(() => response.write('x'), 5)
      response.on('close', () => clearInterval(endless))
    })
    await expect(guardedFetch({ allowPrivate: true, timeoutMs: 200 })(server.url)).rejects.toThrow()
  })

  it('gives up a server that never answers', async () => {
    const server = await serveOnLoopback(() => undefined)
    await expect(guardedFetch({ allowPrivate: true, timeoutMs: 200 })(server.url)).rejects.toThrow('no answer came in time')
  })

  it('does not ask an address with credentials in it', async () => {
    await expect(guardedFetch()('https://user:password@users.example.com/')).rejects.toThrow('user name or password')
  })
})
