/** The switches of the demo: what each does, and what came of it: what was done, what visitors saw, and why, in plain sentences. */
import type { CauseId } from '../../causes/catalogue.ts'
import type { Endpoint } from './endpoint.ts'
import type { FaultName } from './fault.ts'
import type { Episode, Tally } from './tally.ts'
import type { Visitors } from './visitor.ts'

export type Scene = {
  readonly endpoints: readonly [Endpoint, Endpoint]
  readonly visitors: Visitors
  readonly tally: Tally
  readonly siteUrl: string
}

/** What a press did, and what came of it once that shows, `LIMIT_MS` later at the latest. */
export type Pressed = {
  readonly did: string
  readonly outcome: (episode: Episode) => string
  /** There is something to tell. Without it: after a moment. */
  readonly isShowing?: (episode: Episode) => boolean
}

export type Switch = { readonly key: string; readonly name: string; press(scene: Scene): Promise<Pressed> }

/** An endpoint that failed is asked again after five seconds at the latest, and one that is slow is waited for. */
export const LIMIT_MS = 8_000

/** What a request meets with that was at an endpoint as that died. */
const ON_IT: readonly CauseId[] = [
  'closed-before-response',
  'reset-before-response',
  'keepalive-race',
  'truncated-body',
  'request-write-failed',
]

export const SWITCHES: readonly Switch[] = [
  powerSwitch(0),
  powerSwitch(1),
  faultSwitch({
    key: 's',
    fault: 'slow',
    name: 'slow',
    on: 'Endpoint 1 now takes 5 s for every answer.',
    off: 'Endpoint 1 is quick again.',
    cause: 'response-timeout',
    tell: (requests) => `${requests} waited 2 s for it, the demo's timeouts.response, and got an answer from endpoint 2.`,
  }),
  faultSwitch({
    key: 't',
    fault: 'truncate',
    name: 'truncate',
    on: 'Endpoint 1 now breaks off in the middle of every answer.',
    off: 'Endpoint 1 finishes its answers again.',
    cause: 'truncated-body',
    tell: (requests) => `${requests} got half an answer. It was held back until it was whole, so endpoint 2 could be asked instead.`,
  }),
  faultSwitch({
    key: 'e',
    fault: 'busy',
    name: '503',
    on: 'Endpoint 1 now answers 503 to everything.',
    off: 'Endpoint 1 answers again.',
    cause: 'upstream-overloaded',
    tell: (requests) => `${requests} got a 503 from it, and then an answer from endpoint 2.`,
  }),
  { key: 'c', name: 'close early', press: closeEarly },
  { key: 'p', name: 'POSTs', press: post },
]

function powerSwitch(index: 0 | 1): Switch {
  return {
    key: String(index + 1),
    name: 'stop/start',
    press: async ({ endpoints, tally, siteUrl }) => {
      const endpoint = endpoints[index]
      const other = endpoints[1 - index] as Endpoint
      const { ordinal } = endpoint
      if (!endpoint.isRunning) {
        await endpoint.start()
        // Until it listens, things are as they were.
        tally.begin()
        return {
          did: `${endpoint.name} started.`,
          isShowing: (episode) => episode.answeredBy(ordinal) > 0,
          outcome: (episode) => started(episode, ordinal),
        }
      }
      await endpoint.kill()
      if (other.isRunning) return { did: `${endpoint.name} killed (kill -9).`, outcome: (episode) => killed(episode, other) }
      return {
        did: 'Both endpoints are stopped. Visitors wait 3 s, in case one comes back; then they are told what is wrong.',
        isShowing: ({ failed }) => failed > 0,
        outcome: (episode) => allStopped(episode, siteUrl),
      }
    },
  }
}

function killed(episode: Episode, other: Endpoint): string {
  const onIt = episode.rescuedOf(...ON_IT)
  const refused = episode.rescuedOf('connect-refused')
  const first = onIt === 0 ? 'No request was on it.' : `${requests(onIt, 'was')} on it and sent again to ${other.name.toLowerCase()}.`
  const later = refused === 0 ? '' : ` ${refused} more found it gone and went the same way.`
  return `${first}${later} ${seen(episode)} ${why('connect-refused')}`
}

function started(episode: Episode, ordinal: number): string {
  const got = episode.answeredBy(ordinal)
  if (got === 0) return `It has not been asked yet. ${seen(episode)}`
  return `The gateway found out by itself: ${requests(got)} went to it since. ${seen(episode)}`
}

function allStopped(episode: Episode, siteUrl: string): string {
  return `${seen(episode)} Open ${siteUrl} to see the page they get; start an endpoint with 1 or 2. ${why('connect-refused')}`
}

type FaultTexts = {
  readonly key: string
  readonly fault: FaultName
  readonly name: string
  readonly on: string
  readonly off: string
  readonly cause: CauseId
  readonly tell: (requests: string) => string
}

/** Those of endpoint 1, which endpoint 2 makes good. */
function faultSwitch({ key, fault, name, on, off, cause, tell }: FaultTexts): Switch {
  return {
    key,
    name,
    press: async ({ endpoints: [endpoint, other] }) => {
      const isOn = !endpoint.faults[fault]
      endpoint.set(fault, isOn)
      if (!isOn) return { did: off, outcome: seen }
      if (!endpoint.isRunning) return { did: `${on} Only it is stopped: press 1.`, outcome: seen }
      if (!other.isRunning)
        return { did: `${on} Endpoint 2 is stopped, so nobody can take over.`, outcome: (episode) => `${seen(episode)} ${why(cause)}` }
      return {
        did: on,
        isShowing: (episode) => episode.rescuedOf(cause) > 0,
        outcome: (episode) => `${tell(requests(episode.rescuedOf(cause)))} ${seen(episode)} ${why(cause)}`,
      }
    },
  }
}

async function closeEarly({ endpoints }: Scene): Promise<Pressed> {
  const isOn = !endpoints[0].faults.close
  for (const endpoint of endpoints) endpoint.set('close', isOn)
  if (!isOn) return { did: 'Both endpoints keep their connections again.', outcome: seen }
  return {
    did: 'Both endpoints now close each connection 20 to 50 ms after an answer, and do not say so.',
    outcome: (episode) => {
      const met = episode.rescuedOf('keepalive-race', 'closed-before-response', 'reset-before-response')
      const race = met === 0 ? 'No request met' : `${requests(met)} met`
      const cure = met === 0 ? '' : ' and went out again on a new one'
      return `${race} a connection that was just closing${cure}. ${seen(episode)} ${why('keepalive-race')}`
    },
  }
}

async function post({ visitors, endpoints: [{ faults }] }: Scene): Promise<Pressed> {
  visitors.isPosting = !visitors.isPosting
  if (!visitors.isPosting) return { did: 'Visitors only read again.', outcome: seen }
  return {
    did: 'One request in four is a POST now. One that an endpoint may have begun is never sent twice.',
    outcome: (episode) => {
      const care = 'a POST goes out only on a connection that is proven to live on, or on a new one.'
      return `${seen(episode)} ${faults.close ? `Connections close under them, so ${care}` : `Press c, and see: ${care}`}`
    },
  }
}

function seen({ failed, failures, unrepeatable }: Episode): string {
  if (failed === 0) return 'Visitors saw 0 errors.'
  const kinds = [...failures].map(([name, count]) => (failures.size === 1 ? name : `${count} × ${name}`))
  const posts = unrepeatable === 0 ? '' : ` ${unrepeatable} of them POSTs that may have been carried out, so they were not sent again.`
  return `Visitors saw ${failed} ${failed === 1 ? 'error' : 'errors'} (${kinds.join(', ')}).${posts}`
}

function requests(count: number, verb?: 'was'): string {
  const noun = `${count} ${count === 1 ? 'request' : 'requests'}`
  return verb === undefined ? noun : `${noun} ${count === 1 ? 'was' : 'were'}`
}

/** Kept on one line. */
function why(cause: CauseId): string {
  return `gatewell why ${cause}`.replaceAll(' ', '\u00a0')
}
