/**
 * What operators have switched: endpoints drained, upstreams paused, maintenance. Keeps it across restarts, says what each change means,
 * and hands the whole of it to whoever runs the data plane. A switch for something that the configuration has lost waits for its return.
 */
import { parseBlock } from '../config/block.ts'
import { formatDuration } from '../config/unit.ts'
import type { Switches } from '../gateway/switches.ts'
import type { Clock } from '../std/clock.ts'
import { done, type Refused, type Result, refused } from './admin/operation.ts'
import type { DrainInput, MaintenanceInput, ResumeInput } from './admin/operation-table.ts'
import { type MaintenanceState, NOTHING_SWITCHED, type SwitchState } from './admin/switch-state.ts'
import type { SwitchFile } from './switch-file.ts'
import { checkRoute, checkUpstream, type EndpointSubject, findEndpoints, isAddress, type Subjects } from './switch-subject.ts'

const RETRY_AFTER_MS = 300_000

/** What changed, a sentence each. */
type Changes = readonly string[]

export type Drained = { readonly changes: Changes; readonly endpoints: readonly EndpointSubject[] }

export type SwitchboardOptions = {
  /** Null where nothing is kept. */
  readonly file: SwitchFile | null
  readonly clock: Clock
  readonly onChange: (switches: Switches) => void
  /** Something about the file, in a sentence. */
  readonly onNotice: (text: string) => void
}

export class Switchboard {
  readonly #options: SwitchboardOptions
  #state: SwitchState = NOTHING_SWITCHED

  /** Reads the file, and tells nobody yet. */
  constructor(options: SwitchboardOptions) {
    this.#options = options
    const read = options.file?.read() ?? NOTHING_SWITCHED
    if (typeof read === 'string') options.onNotice(`What operators had switched is not known: ${read}`)
    else this.#state = read
  }

  get state(): SwitchState {
    return this.#state
  }

  get switches(): Switches {
    const { drained, paused, maintenance } = this.#state
    return { drained, paused: paused.map(({ upstream }) => upstream), maintenance }
  }

  drain(input: DrainInput & { readonly endpoint: string }, subjects: Subjects): Result<Drained> {
    const found = findEndpoints(subjects, input.endpoint, input.upstream)
    if (!found.ok) return found
    const { drained } = this.#state
    const added = found.value.filter((one) => !drained.some((other) => isSame(one, other)))
    const changes = added.map(
      ({ upstream, endpoint }) => `Endpoint ${endpoint} of upstream ${upstream} is drained: it gets no new requests.`,
    )
    const next = [...drained, ...added.map((one) => ({ ...one, since: this.#now() }))]
    for (const { name, endpoints } of subjects.upstreams) {
      const isEmptied = endpoints.every((endpoint) => next.some((one) => isSame(one, { upstream: name, endpoint })))
      if (isEmptied && added.some(({ upstream }) => upstream === name)) {
        changes.push(`Upstream ${name} has no other endpoint: what asks for it waits for a moment, then fails, until one is resumed.`)
      }
    }
    return done({ changes: this.#put({ ...this.#state, drained: next }, changes), endpoints: found.value })
  }

  pause(upstream: string, subjects: Subjects): Result<Changes> {
    const problem = checkUpstream(subjects, upstream)
    if (problem !== null) return problem
    const { paused } = this.#state
    if (paused.some((one) => one.upstream === upstream)) return done([])
    const next = [...paused, { upstream, since: this.#now() }]
    return done(this.#put({ ...this.#state, paused: next }, [`Upstream ${upstream} is paused: its requests wait.`]))
  }

  resume(input: ResumeInput & { readonly what: string }, subjects: Subjects): Result<Changes> {
    const { what, upstream } = input
    const { drained, paused } = this.#state
    if (paused.some((one) => one.upstream === what)) {
      const next = paused.filter((one) => one.upstream !== what)
      return done(this.#put({ ...this.#state, paused: next }, [`Upstream ${what} is no longer paused.`]))
    }
    if (!isAddress(what)) return checkUpstream(subjects, what) ?? done([])
    // Also what the configuration has no more: a switch must not outlive the way to take it back.
    const found = findEndpoints(withDrained(subjects, this.#state), what, upstream)
    if (!found.ok) return found
    const lifted = drained.filter((one) => found.value.some((other) => isSame(one, other)))
    const changes = lifted.map((one) => `Endpoint ${one.endpoint} of upstream ${one.upstream} gets requests again.`)
    return done(this.#put({ ...this.#state, drained: drained.filter((one) => !lifted.includes(one)) }, changes))
  }

  maintain(input: MaintenanceInput, subjects: Subjects): Result<Changes> {
    const { upstream = null, route = null } = input
    if (upstream !== null && route !== null) return refused(400, 'Name an upstream or a route, not both.')
    const { maintenance } = this.#state
    const former = maintenance.find((one) => one.upstream === upstream && one.route === route)
    if (input.state === 'off') return this.#endMaintenance(upstream, route, former, subjects)
    const problem = (upstream === null ? null : checkUpstream(subjects, upstream)) ?? (route === null ? null : checkRoute(subjects, route))
    if (problem !== null) return problem
    const allow = checkBlocks(input.allow ?? [])
    if (!allow.ok) return allow
    const { message = '', retryAfterMs = RETRY_AFTER_MS } = input
    const next = { upstream, route, message, allow: allow.value, retryAfterMs, since: former?.since ?? this.#now() }
    const changes = [
      `Maintenance is on for ${sayScope(next)}. ${sayAllowed(allow.value)}Visitors are told to wait ${formatDuration(retryAfterMs)}.`,
    ]
    return done(this.#put({ ...this.#state, maintenance: [...maintenance.filter((one) => one !== former), next] }, changes))
  }

  /** A sentence for everything that is switched, for who has not seen it happen. */
  describe(): string[] {
    const { drained, paused, maintenance } = this.#state
    return [
      ...drained.map(({ upstream, endpoint, since }) => `Endpoint ${endpoint} of upstream ${upstream} is drained since ${since}.`),
      ...paused.map(({ upstream, since }) => `Upstream ${upstream} is paused since ${since}: its requests wait.`),
      ...maintenance.map((one) => `Maintenance is on for ${sayScope(one)} since ${one.since}.`),
    ]
  }

  #endMaintenance(
    upstream: string | null,
    route: string | null,
    former: MaintenanceState | undefined,
    subjects: Subjects,
  ): Result<Changes> {
    const { maintenance } = this.#state
    const isAll = upstream === null && route === null
    if (!isAll && former === undefined) {
      if (maintenance.some((one) => one.upstream === null && one.route === null)) {
        return refused(409, 'Maintenance is on for everything. Switch it off as a whole, then on for the parts that need it.')
      }
      return (upstream === null ? checkRoute(subjects, route as string) : checkUpstream(subjects, upstream)) ?? done([])
    }
    const ended = isAll ? maintenance : maintenance.filter((one) => one === former)
    const changes = ended.map((one) => `Maintenance is off for ${sayScope(one)}.`)
    return done(this.#put({ ...this.#state, maintenance: maintenance.filter((one) => !ended.includes(one)) }, changes))
  }

  #put(state: SwitchState, changes: Changes): Changes {
    if (changes.length === 0) return changes
    this.#state = state
    this.#options.onChange(this.switches)
    const { file } = this.#options
    const problem = file === null ? null : file.write(state)
    return problem === null ? changes : [...changes, `It will be forgotten when the gateway ends, because it cannot be kept: ${problem}.`]
  }

  #now(): string {
    return new Date(this.#options.clock.epoch()).toISOString()
  }
}

function isSame(one: EndpointSubject, other: EndpointSubject): boolean {
  return one.upstream === other.upstream && one.endpoint === other.endpoint
}

function withDrained(subjects: Subjects, { drained }: SwitchState): Subjects {
  return {
    ...subjects,
    upstreams: [...subjects.upstreams, ...drained.map(({ upstream, endpoint }) => ({ name: upstream, endpoints: [endpoint] }))],
  }
}

function checkBlocks(blocks: readonly string[]): Result<readonly string[]> | Refused {
  const allowed: string[] = []
  for (const block of blocks) {
    const read = parseBlock(block)
    if (!read.ok) return refused(400, read.message)
    allowed.push(read.value)
  }
  return done(allowed)
}

function sayScope({ upstream, route }: Pick<MaintenanceState, 'upstream' | 'route'>): string {
  if (route !== null) return `route ${route}`
  return upstream === null ? 'everything that leads to an upstream' : `upstream ${upstream}`
}

function sayAllowed(allow: readonly string[]): string {
  // A block of one address is that address.
  const shown = allow.map((block) => block.replace(/\/(?:32|128)$/, ''))
  return allow.length === 0 ? '' : `${shown.join(', ')} ${allow.length === 1 ? 'is' : 'are'} served all the same. `
}
