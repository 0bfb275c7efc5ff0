/** What can be taken away from a gateway's process, without touching the machine: a network of its own, descriptors, rights. */
import { spawnSync } from 'node:child_process'
import type { Confinement } from './fault.ts'

const isRoot = process.getuid?.() === 0
/** A user who is not root becomes root of a namespace, where the kernel allows that. */
const UNSHARE = ['unshare', isRoot ? '-n' : '-rn']

/** A network with nothing but loopback, after the shell commands have been run in it. Visitors come over a unix socket. */
export function ownNetwork(commands: readonly string[]): Confinement {
  const script = ['set -e', 'PATH=$PATH:/usr/sbin:/sbin', 'ip link set lo up', ...commands, 'exec "$@"'].join('\n')
  return {
    wrapper: () => [...UNSHARE, 'sh', '-c', script, 'sh'],
    obstacle: () => tryOut([...UNSHARE, 'sh', '-c', 'PATH=$PATH:/usr/sbin:/sbin ip link set lo up'], 'a network namespace'),
  }
}

export function fewDescriptors(count: number): Confinement {
  const wrapper = ['prlimit', `--nofile=${count}`]
  return { wrapper: () => wrapper, obstacle: () => tryOut([...wrapper, 'true'], 'a limit of descriptors') }
}

/** Root may open every file; this one may not. Anyone else is held back by the mode of a file as it is. */
export function noOverride(): Confinement {
  const wrapper = isRoot ? ['setpriv', '--bounding-set', '-dac_override,-dac_read_search'] : []
  return { wrapper: () => wrapper, obstacle: () => (isRoot ? tryOut([...wrapper, 'true'], "a process without root's rights") : null) }
}

function tryOut([command = '', ...words]: readonly string[], what: string): string | null {
  const { status, error, stderr } = spawnSync(command, words, { encoding: 'utf8', timeout: 5_000 })
  return status === 0 ? null : `cannot make ${what} here: ${error?.message ?? stderr.trim()}`
}
