/** Names as the machine knows them: files of its own making, a real name server, and getaddrinfo for what is left. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { NameServer } from '../../src/insight/fault/name-server.ts'
import { candidatesOf, parseHosts, parseResolvConf } from '../../src/net/name/machine-file.ts'
import { MachineSource } from '../../src/net/name/machine-source.ts'
import type { HostAnswer } from '../../src/net/name/source.ts'

let folder: string
let server: NameServer
let machine: MachineSource

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gatewell-names-'))
  server = await NameServer.open(() => ({ error: 'NXDOMAIN' }))
  write('hosts', '')
  write('resolv.conf', `nameserver ${server.address}\n`)
  machine = new MachineSource({ timeoutMs: 100, hostsPath: join(folder, 'hosts'), resolvConfPath: join(folder, 'resolv.conf') })
})

afterEach(() => {
  machine.close()
  server.close()
  rmSync(folder, { recursive: true })
})

function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text)
}

function ask(host: string): Promise<HostAnswer | string> {
  return new Promise((resolve) => machine.askHost(host, (error, answer) => resolve(answer ?? error?.code ?? '')))
}

function know(names: Readonly<Record<string, string>>, ttlS = 60): void {
  server.answer = ({ name }) => (names[name] === undefined ? { error: 'NXDOMAIN' } : { addresses: [names[name]], ttlS })
}

describe('the hosts file', () => {
  it('comes first, whatever the name servers say', async () => {
    write('hosts', '10.0.0.1 shop shop.internal\nfd00::1\tSHOP # and IPv6\n')
    know({ shop: '10.0.0.9' })
    expect(await ask('shop')).toEqual({ addresses: ['10.0.0.1', 'fd00::1'], ttlMs: 5_000 })
    expect(server.asked).toEqual([])
  })

  it('is read again when it has changed', async () => {
    know({ shop: '10.0.0.9' })
    expect(await ask('shop')).toMatchObject({ addresses: ['10.0.0.9'] })
    write('hosts', '10.0.0.1 shop\n')
    expect(await ask('shop')).toMatchObject({ addresses: ['10.0.0.1'] })
    rmSync(join(folder, 'hosts'))
    expect(await ask('shop')).toMatchObject({ addresses: ['10.0.0.9'] })
  })

  it('may hold comments, empty lines and nonsense', () => {
    expect([...parseHosts('# 1.1.1.1 a\n\n1.1.1.1\nnonsense b\n 10.0.0.1  c#d\n10.0.0.1 c').entries()]).toEqual([['c', ['10.0.0.1']]])
  })
})

describe('resolv.conf', () => {
  it('says who is asked, also after a change', async () => {
    know({ 'a.test': '10.0.0.1' })
    expect(await ask('a.test')).toMatchObject({ addresses: ['10.0.0.1'] })
    const other = await NameServer.open(() => ({ addresses: ['10.0.0.2'], ttlS: 60 }))
    write('resolv.conf', `nameserver ${other.address}\n`)
    expect(await ask('a.test')).toMatchObject({ addresses: ['10.0.0.2'] })
    expect(machine.label).toBe(other.address)
    other.close()
  })

  it('gives short names their domain', async () => {
    write('resolv.conf', `nameserver ${server.address}\nsearch one.test two.test\n`)
    know({ 'shop.two.test': '10.0.0.1' })
    expect(await ask('shop')).toMatchObject({ addresses: ['10.0.0.1'] })
    expect(server.asked.map(({ name }) => name)).toEqual(['shop.one.test', 'shop.one.test', 'shop.two.test', 'shop.two.test'])
  })

  it('goes on to the next name after an error, but not after silence', async () => {
    write('resolv.conf', `nameserver ${server.address}\nsearch one.test two.test\n`)
    server.answer = ({ name }) => (name === 'shop.two.test' ? { addresses: ['10.0.0.1'], ttlS: 1 } : { error: 'SERVFAIL' })
    expect(await ask('shop')).toMatchObject({ addresses: ['10.0.0.1'] })
    server.answer = () => 'silence'
    expect(await ask('shop')).toBe('ETIMEOUT')
  })

  it('decides by its dots which name is tried first', () => {
    const conf = { servers: [], search: ['a.test', 'b.test'], ndots: 2 }
    expect(candidatesOf('shop.x', conf)).toEqual(['shop.x.a.test', 'shop.x.b.test', 'shop.x'])
    expect(candidatesOf('shop.x.y', conf)).toEqual(['shop.x.y', 'shop.x.y.a.test', 'shop.x.y.b.test'])
    expect(candidatesOf('shop.', conf)).toEqual(['shop.'])
  })

  it('is read as glibc reads it', () => {
    const text =
      'nameserver 1.1.1.1\n; nameserver 2.2.2.2\nnameserver ::1\nnameserver 3.3.3.3\nnameserver 4.4.4.4\ndomain old.test\nsearch new.test.\noptions edns0 ndots:5'
    expect(parseResolvConf(text, 'box')).toEqual({ servers: ['1.1.1.1', '::1', '3.3.3.3'], search: ['new.test'], ndots: 5 })
    expect(parseResolvConf('options ndots:99', 'box.lan.test')).toEqual({ servers: [], search: ['lan.test'], ndots: 15 })
  })
})

describe('a time to live', () => {
  it('from a server on this machine is believed for five seconds', async () => {
    know({ 'a.test': '10.0.0.1' }, 600)
    expect(await ask('a.test')).toMatchObject({ ttlMs: 5_000 })
    know({ 'a.test': '10.0.0.1' }, 2)
    expect(await ask('a.test')).toMatchObject({ ttlMs: 2_000 })
  })
})

describe('what the name servers do not know', () => {
  it('is asked of getaddrinfo', async () => {
    // Every machine knows its own name, whether it is in a file or not.
    expect(await ask(hostname())).toMatchObject({ ttlMs: 5_000 })
    expect(server.asked.length).toBeGreaterThan(0)
  })

  it('fails with what they said', async () => {
    // No name at all, so that getaddrinfo asks nobody either.
    expect(await ask('gone..test')).toBe('EBADNAME')
  })

  it('is asked of getaddrinfo at once where there is no server, or where it is no matter for one', async () => {
    expect(await ask('localhost')).toMatchObject({ ttlMs: 5_000 })
    void ask('printer.local')
    expect(server.asked).toEqual([])
    write('resolv.conf', 'nameserver nonsense\n')
    expect(await ask(hostname())).toMatchObject({ ttlMs: 5_000 })
  })
})
