/** Why a connection could not be made: what a look at this machine, at its name servers and at the port adds. */
import { isIPv6 } from 'node:net'
import { textOf } from '../case.ts'
import type { ListenerFact } from '../diagnosis.ts'
import type { Rule } from '../rule.ts'
import { spanText } from '../wording.ts'

const WILDCARDS = ['0.0.0.0', '::', '*']
/** So much later is another story. */
const JUST_NOW_MS = 15_000
const UNCONNECTED = ['connect-refused', 'connect-timeout', 'connect-unreachable'] as const

export const CONNECT_RULES: readonly Rule[] = [
  {
    name: 'nothing-listens',
    causes: ['connect-refused'],
    looksAt: 'the sockets of this machine, where the endpoint is on it',
    speaks: 'own',
    strength: 'proof',
    see: ({ facts, words }) => {
      if (facts.isLocal !== true || facts.listeners?.length !== 0) return null
      const summary = `No program listens on port ${words.PORT ?? 'PORT'} of this machine: the app is not running, or listens on another port.`
      return { value: 'nothing', says: 'nothing listens on that port of this machine', summary }
    },
  },
  {
    name: 'listens-elsewhere',
    causes: ['connect-refused'],
    looksAt: 'the addresses that programs of this machine listen on, at the port of the endpoint',
    speaks: 'own',
    strength: 'proof',
    see: (one) => {
      const address = textOf(one, 'address')
      const other = one.facts.listeners?.find(({ port }) => port > 0)
      if (other === undefined || one.facts.listeners?.some((listener) => accepts(listener, address))) return null
      const url = `http://${isIPv6(other.address) ? `[${other.address}]` : other.address}:${other.port}`
      return {
        value: other.address,
        says: 'a program listens on that port, but only on this address',
        summary: `A program listens on port ${other.port}, but only on ${other.address} and not on ${address}.`,
        remedies: [
          { do: `Write ${other.address} into the endpoint.`, when: '', command: `endpoints: ["${url}"]` },
          { do: 'Or let the app listen on every interface.', when: 'if Gatewell and the app do not share this address' },
        ],
      }
    },
  },
  {
    name: 'back-again',
    causes: ['connect-refused', 'socket-missing'],
    looksAt: 'since when the program runs that listens there now',
    speaks: 'own',
    strength: 'clear',
    see: ({ facts, record }) => {
      const process = facts.listeners?.find((one) => one.process?.startedAt !== undefined)?.process
      const sinceMs = (process?.startedAt ?? 0) - (record.endedAt - record.ms)
      if (process === undefined || Math.abs(sinceMs) > JUST_NOW_MS) return null
      return {
        value: process.name,
        says: 'this program listens there by now, and was started only around the time of the failure',
        summary: `${process.name} (process ${process.pid}) listens there again, started around that time: the app was being restarted.`,
        remedies: [
          {
            do: 'Let requests wait while the app restarts, and restart its instances one by one.',
            when: '',
            command: 'hold: { window: 30s }',
          },
        ],
      }
    },
  },
  {
    name: 'still-refused',
    causes: ['connect-refused'],
    looksAt: 'a connection tried right after the failure',
    speaks: 'own',
    strength: 'clear',
    see: ({ facts }) =>
      facts.connection?.code === 'ECONNREFUSED'
        ? { value: 'ECONNREFUSED', says: 'another attempt right afterwards was refused as well' }
        : null,
  },
  {
    name: 'accept-queue-full',
    causes: ['connect-timeout'],
    looksAt: 'how many connections wait to be accepted, where the endpoint is on this machine',
    speaks: 'backlog-overflow',
    strength: 'proof',
    see: ({ facts, words }) => {
      const full = facts.listeners?.find(({ queued = 0 }) => queued > 0)
      if (full === undefined || facts.connection?.isOpen !== false) return null
      const whose = full.process === undefined ? 'The app' : `${full.process.name} (process ${full.process.pid})`
      return {
        value: full.queued ?? 0,
        says: 'so many connections wait to be accepted by the app, and no further one fits in',
        summary: `${whose} listens on port ${words.PORT ?? full.port} but accepts nothing: the queue of waiting connections is full.`,
      }
    },
  },
  {
    name: 'open-again',
    causes: ['connect-timeout', 'connect-unreachable', 'backlog-overflow'],
    looksAt: 'a connection tried right after the failure',
    speaks: 'against',
    strength: 'hint',
    see: ({ facts }) =>
      facts.connection?.isOpen
        ? { value: facts.connection.ms, says: 'a connection right afterwards was made, in so many milliseconds' }
        : null,
  },
  {
    name: 'name-moved',
    causes: UNCONNECTED,
    looksAt: 'the addresses that Gatewell used and those that the name has now',
    speaks: 'dns-stale',
    strength: 'proof',
    see: ({ facts }) => {
      const { host, used = [], fresh = [] } = facts.name ?? {}
      if (used.length === 0 || fresh.length === 0 || used.some((address) => fresh.includes(address))) return null
      return {
        value: fresh.join(' '),
        says: `the name ${host} leads there by now, and no longer to ${used.join(' ')}`,
        summary: `The name ${host} has moved from ${used.join(' ')} to ${fresh.join(' ')}.`,
      }
    },
  },
  {
    name: 'name-gone',
    causes: UNCONNECTED,
    looksAt: 'whether the name of the endpoint still exists',
    speaks: 'dns-stale',
    strength: 'clear',
    see: ({ facts }) =>
      facts.name?.code === 'ENOTFOUND' && facts.name.used.length > 0
        ? { value: 'ENOTFOUND', says: `the name ${facts.name.host} does not exist any more` }
        : null,
  },
  {
    name: 'no-ipv6',
    causes: ['connect-unreachable'],
    looksAt: 'whether the address is an IPv6 address',
    speaks: 'own',
    strength: 'hint',
    see: (one) => {
      const address = textOf(one, 'address')
      if (!isIPv6(address)) return null
      const remedy = {
        do: "Use the server's IPv4 address, or give this machine an IPv6 route.",
        when: '',
        command: 'ip -6 route show default',
      }
      return { value: address, says: 'it is an IPv6 address, and this machine may have no way to those', remedies: [remedy] }
    },
  },
  {
    name: 'socket-left-over',
    causes: ['connect-refused'],
    looksAt: 'the socket file of the endpoint',
    speaks: 'own',
    strength: 'clear',
    see: ({ facts }) =>
      facts.socket?.kind === 'socket' && facts.listeners?.length === 0
        ? {
            value: facts.socket.path,
            says: 'the file is still there, but no program listens on it any more',
            summary: 'The socket file is a leftover: the server that made it has ended.',
          }
        : null,
  },
  {
    name: 'socket-file',
    causes: ['socket-missing', 'socket-permission'],
    looksAt: 'the socket file of the endpoint: whose it is, and its mode',
    speaks: 'own',
    strength: 'clear',
    see: ({ facts: { socket } }) => {
      if (socket === undefined) return null
      const { kind, mode = '', owner = '', group = '', user = '', path } = socket
      if (kind === 'missing') return { value: path, says: 'there is still no file at this path' }
      if (kind === 'hidden') return { value: path, says: 'a folder above it may not be entered' }
      if (kind === 'other') return { value: path, says: 'what is at this path is no socket' }
      return {
        value: `${mode} ${owner}:${group}`,
        says: `these are its mode and its owner, and Gatewell runs as ${user}`,
        remedies: [
          { do: `Let ${user} use the socket.`, when: '', command: `chgrp GROUP ${path}; chmod 0660 ${path}; usermod -aG GROUP ${user}` },
        ],
      }
    },
  },
  {
    name: 'ports-taken',
    causes: ['port-exhaustion'],
    looksAt: 'the local ports of connections to the endpoint, and how many there are',
    speaks: 'own',
    strength: 'clear',
    see: ({ facts: { ports } }) =>
      ports !== undefined && ports.used > ports.count * 0.8
        ? { value: ports.used, says: `so many of ${ports.count} local ports lead to that address` }
        : null,
  },
  {
    name: 'refused-at-once',
    causes: ['connect-refused'],
    looksAt: 'how long the refusal took',
    speaks: 'own',
    strength: 'hint',
    see: ({ attempt }) =>
      attempt !== null && attempt.ms < 50 ? { value: attempt.ms, says: `it came at once, after ${spanText(attempt.ms)}` } : null,
  },
]

function accepts({ address }: ListenerFact, wanted: string): boolean {
  return address === wanted || WILDCARDS.includes(address) || wanted === ''
}
