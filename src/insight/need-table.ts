/** What a server is to be told or asked because of a cause. How each server takes it is in its row of `dialect/*-origin.ts`. */
import type { KnownCauseId } from '../causes/foreign-catalogue.ts'
import type { Need } from './dialect/origin.ts'

export type ServerNeed = {
  readonly need: Need
  /** `SERVER` stands for its name. */
  readonly do: string
  /** When it fits, one clause; '' where it always does. */
  readonly when: string
  /** By which signs of a diagnosis that is seen: without one of them it is left out. */
  readonly signs?: readonly string[]
}

const MORE_TIME: ServerNeed = {
  need: 'answer-time',
  do: 'Raise the time limit of SERVER, or make the request faster.',
  when: 'if it always ends after the same time',
  signs: ['constant-time', 'watchdog'],
}
const READ_LOG: ServerNeed = { need: 'log', do: 'Read what SERVER logged at that moment.', when: '' }
const LOOK_BEHIND: ServerNeed = {
  need: 'behind',
  do: 'See what SERVER met behind it.',
  when: 'if it stands between Gatewell and the app',
  // Whose error it is, a rule of diagnosis tells, and says this then.
  signs: [],
}
const MORE_WORKERS: ServerNeed = { need: 'workers', do: 'Let SERVER work on more requests at a time.', when: '' }
const LONGER_QUEUE: ServerNeed = { need: 'queue', do: 'Let more connections wait at SERVER.', when: '' }
const LESS_MEMORY: ServerNeed = {
  need: 'memory',
  do: 'Let SERVER take less memory.',
  when: 'if the machine runs out of it',
  signs: ['killed-for-memory', 'memory-short'],
}
const PLAIN: ServerNeed = { need: 'plain-http', do: 'Let SERVER expect neither TLS nor the PROXY protocol on this port.', when: '' }
const BROKEN: readonly ServerNeed[] = [MORE_TIME, LESS_MEMORY, READ_LOG]

export const NEEDS: Readonly<Partial<Record<KnownCauseId, readonly ServerNeed[]>>> = {
  'keepalive-race': [
    {
      need: 'keep-idle',
      do: 'Let SERVER keep idle connections for longer than Gatewell does (60 s unless configured otherwise).',
      when: '',
    },
  ],
  'reset-before-response': BROKEN,
  'closed-before-response': [...BROKEN, { ...PLAIN, when: 'if it answers nothing at all on this port', signs: ['never-answers'] }],
  'truncated-body': BROKEN,
  'request-write-failed': [
    { need: 'body-size', do: 'Let SERVER take larger bodies.', when: '' },
    { need: 'body-time', do: 'Let SERVER allow more time for a body.', when: '' },
  ],
  'request-write-timeout': [{ need: 'body-time', do: 'Let SERVER allow more time for a body.', when: '', signs: [] }],
  'response-timeout': [{ ...MORE_WORKERS, when: 'if it answers nobody else, either', signs: ['silent-to-all', 'busy-elsewhere'] }],
  'connect-refused': [
    {
      need: 'listen',
      do: 'Let SERVER listen on every interface.',
      when: 'if it runs, and listens on another address',
      signs: ['listens-elsewhere'],
    },
    { ...READ_LOG, when: 'if it does not run', signs: [] },
  ],
  'socket-missing': [{ ...READ_LOG, when: 'if it does not run', signs: [] }],
  'backlog-overflow': [MORE_WORKERS, LONGER_QUEUE],
  'connect-timeout': [{ ...LONGER_QUEUE, when: 'if its queue of waiting connections is full', signs: ['accept-queue-full'] }],
  'upstream-overloaded': [MORE_WORKERS, LOOK_BEHIND],
  'overload-shed': [MORE_WORKERS],
  'upstream-5xx': [READ_LOG, LOOK_BEHIND],
  'no-healthy-upstream': [{ ...LOOK_BEHIND, signs: [] }],
  'malformed-response': [{ ...READ_LOG, signs: [] }],
  'content-length-mismatch': [{ ...READ_LOG, signs: [] }],
  'plaintext-to-tls-port': [PLAIN],
  'http-protocol-mismatch': [PLAIN],
  'upgrade-failed': [{ need: 'websocket', do: 'Let SERVER pass the switch of protocols on.', when: '' }],
  'request-body-too-large': [
    { need: 'body-size', do: 'Let SERVER take larger bodies as well.', when: 'if it takes less than Gatewell', signs: [] },
  ],
  'worker-pool-exhausted': [MORE_WORKERS],
  'script-timeout': [{ ...MORE_TIME, when: '' }],
  'worker-oom-killed': [{ ...LESS_MEMORY, when: '' }],
  'worker-crashed': [READ_LOG],
  'dependency-down': [READ_LOG],
}
