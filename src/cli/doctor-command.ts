/** `gatewell doctor`: why a site cannot be reached or answers with errors, whoever runs it. */
import { isIP } from 'node:net'
import { splitHostPort } from '../config/address.ts'
import { quote } from '../config/parsed.ts'
import { type DoctorOptions, examine } from '../insight/doctor/doctor.ts'
import { parseOrigin, parseTarget, type Target } from '../insight/doctor/target.ts'
import type { NamedAddress } from '../net/address.ts'
import { renderDoctor } from './doctor-page.ts'
import type { Terminal } from './terminal.ts'
import { wrap } from './wrap.ts'

export type DoctorCommandOptions = {
  readonly origin?: string
  readonly resolver?: readonly string[]
  readonly json?: true
}

const WRONG_USAGE = 2
const PROBLEM_FOUND = 1

/** `others`: what is not for the command line to say. */
export async function seeDoctor(
  url: string,
  options: DoctorCommandOptions,
  terminal: Terminal,
  others: Pick<DoctorOptions, 'limits' | 'authorities'> = {},
): Promise<number> {
  const { print, say, paint, columns } = terminal
  const request = readRequest(url, options)
  if (typeof request === 'string') {
    say(`gatewell: ${request}`)
    return WRONG_USAGE
  }
  if (!options.json) say(`${wrap(`Looking at ${request.target.url}. It takes a few seconds, half a minute at most.`, columns)}\n`)
  const report = await examine(request.target, { ...others, ...request })
  print(options.json ? JSON.stringify(report, null, 2) : renderDoctor(report, paint, columns))
  return report.verdict.cause === null ? 0 : PROBLEM_FOUND
}

type Request = { readonly target: Target; readonly origin: NamedAddress | null; readonly resolvers: readonly string[] }

/** What was asked for, or what is wrong with that. */
function readRequest(url: string, { origin, resolver = [] }: DoctorCommandOptions): Request | string {
  const target = parseTarget(url)
  if (!target.ok) return target.message
  const wrong = resolver.find((one) => !isServer(one))
  if (wrong !== undefined) return `${quote(wrong)} is not the address of a name server, such as 1.1.1.1 or 127.0.0.1:5353.`
  if (origin === undefined) return { target: target.value, origin: null, resolvers: resolver }
  if (target.value.kind !== 'web') return 'An --origin goes with a URL of a site, not with fastcgi://.'
  const behind = parseOrigin(origin, target.value)
  return behind.ok ? { target: target.value, origin: behind.value, resolvers: resolver } : behind.message
}

/** `1.1.1.1`, `127.0.0.1:5353`, `[::1]:53`. */
function isServer(text: string): boolean {
  return isIP(text) !== 0 || isIP(splitHostPort(text)?.host ?? '') !== 0
}
