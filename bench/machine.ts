/** What was measured on: enough to tell two results apart, and nothing that says whose machine it is. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { find } from './install.ts'
import type { Contender } from './proxy/contender.ts'

export type Machine = {
  readonly cpu: string
  readonly cores: number
  readonly memoryGib: number
  readonly kernel: string
  readonly system: string
  readonly versions: Readonly<Record<string, string>>
}

export function describeMachine(proxies: readonly Contender[]): Machine {
  const all = cpus()
  return {
    cpu: (all[0]?.model ?? 'unknown')
      .replace(/\((R|TM)\)/g, '')
      .replace(/\s+/g, ' ')
      .trim(),
    cores: all.length,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    system: /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'Linux',
    versions: {
      node: process.versions.node,
      wrk: /wrk (?:debian\/)?(\S+)/.exec(spawnSync(find('wrk')!, ['-v']).stdout.toString())?.[1] ?? '?',
      ...Object.fromEntries(proxies.map((proxy) => [proxy.name, proxy.version()])),
    },
  }
}

/** A name for machines of this kind: `2x-intel-xeon-processor-2.50ghz`. */
export const classOf = ({ cpu, cores }: Machine): string =>
  `${cores}x-${cpu
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/^-|-$/g, '')}`

export const sentenceOf = ({ cpu, cores, memoryGib, kernel, system, versions }: Machine): string =>
  `${cores} × ${cpu}, ${memoryGib} GiB, ${system}, Linux ${kernel}. ${Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')}.`
