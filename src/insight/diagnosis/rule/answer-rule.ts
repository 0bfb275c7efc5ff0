/** What an answer, or the lack of one, tells of the hop behind it. */
import type { CauseId } from '../../../causes/catalogue.ts'
import { KNOWN_CAUSES } from '../../../causes/foreign-catalogue.ts'
import { ORIGINS } from '../../dialect/origin-table.ts'
import { isOwnError } from '../../speaker/speaker.ts'
import { numberOf, textOf } from '../case.ts'
import type { Rule } from '../rule.ts'

/** An answer of "no" that needs no thinking. */
const AT_ONCE_MS = 1_000
const RELAYED: readonly CauseId[] = ['upstream-5xx', 'upstream-overloaded']

/** What a proxy means by each status that it makes itself. */
const MEANT: Readonly<Record<number, string>> = {
  502: 'it got no valid answer from what is behind it',
  503: 'it has no server to ask, or too much to do',
  504: 'it waited too long for what is behind it',
}

const LACKS: Readonly<Record<string, string>> = {
  database: 'its database cannot be reached',
  'database-pool': 'no connection to its database is free',
  disk: 'its disk is full',
  memory: 'it has run out of memory',
  mongodb: 'MongoDB cannot be reached',
  mysql: 'MySQL cannot be reached',
  postgres: 'PostgreSQL cannot be reached',
  redis: 'Redis cannot be reached',
  service: 'a service that it calls refuses connections',
  time: 'its script ran for too long',
}

export const ANSWER_RULES: readonly Rule[] = [
  {
    name: 'came-back',
    causes: ['upstream-5xx'],
    looksAt: 'whether the answer says, in Proxy-Status, that the request went round in a circle',
    speaks: 'proxy-loop',
    strength: 'proof',
    see: (one) =>
      textOf(one, 'proxy_status').includes('proxy_loop_detected')
        ? { value: textOf(one, 'via') || textOf(one, 'proxy_status'), says: 'the request went round in a circle, says the answer' }
        : null,
  },
  {
    name: 'said-by-a-proxy',
    causes: RELAYED,
    looksAt: 'the fields and the page of the answer, which tell the proxy that made it',
    speaks: 'own',
    strength: 'clear',
    see: (one) => {
      const { speaker } = one
      if (speaker === null || !isOwnError(speaker)) return null
      const said = speaker.cause === null ? undefined : KNOWN_CAUSES[speaker.cause].title
      const meant = said === undefined ? MEANT[numberOf(one, 'status') ?? 0] : `${said.charAt(0).toLowerCase()}${said.slice(1)}`
      const behind = speaker.server === null ? undefined : ORIGINS[speaker.server].settings.behind
      return {
        value: speaker.evidence[0]?.value ?? speaker.name,
        says: `${speaker.name} made this error itself`,
        summary: `${capital(speaker.name)} made this error itself, not the app behind it${meant === undefined ? '' : `: ${meant}`}.`,
        remedies: [
          {
            do: `Look at what ${speaker.name} says of it, and at the server that it passes requests to.`,
            when: '',
            ...(behind === undefined ? {} : { command: behind }),
          },
        ],
      }
    },
  },
  {
    name: 'says-what-it-lacks',
    causes: RELAYED,
    looksAt: 'words on the page of the error that name what the app misses',
    speaks: 'own',
    strength: 'clear',
    see: (one) => {
      const lack = LACKS[textOf(one, 'lacks')]
      if (lack === undefined) return null
      return {
        value: textOf(one, 'lacks'),
        says: `the page of the error says so: ${lack}`,
        summary: `The app says on the page of the error that ${lack}.`,
        remedies: [{ do: 'Check that its database, its cache and the services it calls can be reached.', when: '' }],
      }
    },
  },
  {
    name: 'expects-tls',
    causes: ['closed-before-response', 'reset-before-response'],
    looksAt: 'whether the port answers a TLS handshake, where the connection ended at once',
    speaks: 'plaintext-to-tls-port',
    strength: 'proof',
    see: (one) =>
      one.facts.isTls === true && (numberOf(one, 'elapsed_ms') ?? 0) < AT_ONCE_MS
        ? { value: true, says: 'the port answers a TLS handshake, so that it expects https' }
        : null,
  },
  {
    name: 'certificate-shown',
    causes: ['plaintext-to-tls-port', 'closed-before-response', 'reset-before-response'],
    looksAt: 'the certificate that the port shows, where it answers a TLS handshake',
    speaks: 'own',
    strength: 'note',
    see: ({ facts: { certificate }, record }) => {
      if (certificate === undefined) return null
      const { names, issuer, validFrom, validTo } = certificate
      const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10)
      const isOver = record.endedAt > validTo
      const end = isOver
        ? `and ended on ${day(validTo)}`
        : record.endedAt < validFrom
          ? `and begins on ${day(validFrom)}`
          : `until ${day(validTo)}`
      return {
        value: names.join(' ') || 'no name',
        says: `the certificate it shows is for these names, from ${issuer || 'nobody'}, ${end}`,
      }
    },
  },
  {
    name: 'never-answers',
    causes: ['closed-before-response', 'reset-before-response'],
    looksAt: 'whether the server answers `OPTIONS *`, which asks for no page of the app',
    speaks: 'own',
    strength: 'hint',
    see: ({ facts }) => {
      if (facts.server?.status !== 0 || facts.isTls === true) return null
      const remedy = {
        do: 'Check that the port speaks plain HTTP: it may expect the PROXY protocol.',
        when: '',
        command: 'curl -v http://HOST:PORT/',
      }
      return { value: 'closed', says: 'it closed the connection upon a simple question, too', remedies: [remedy] }
    },
  },
  {
    name: 'answers-others',
    causes: ['closed-before-response', 'reset-before-response', 'response-timeout'],
    looksAt: 'whether the server answers `OPTIONS *`, which asks for no page of the app',
    speaks: 'own',
    strength: 'hint',
    see: ({ facts }) =>
      (facts.server?.status ?? 0) > 0
        ? {
            value: facts.server?.status ?? 0,
            says: 'it answered a simple question right afterwards, so that it is this request that it fails of',
          }
        : null,
  },
  {
    name: 'silent-to-all',
    causes: ['response-timeout', 'deadline-exceeded'],
    looksAt: 'whether the server answers `OPTIONS *`, which asks for no page of the app',
    speaks: 'own',
    strength: 'hint',
    see: ({ facts }) =>
      facts.server?.status === -1
        ? {
            value: 'no answer',
            says: 'it gave no answer to a simple question right afterwards, either, so that all of its workers are busy, or it hangs',
            summary: 'It does not answer other requests, either: all of its workers are busy, or it hangs.',
          }
        : null,
  },
  {
    name: 'drained-by-operator',
    causes: ['no-healthy-upstream'],
    looksAt: 'whether an operator has drained the endpoints',
    speaks: 'own',
    strength: 'proof',
    see: (one) => {
      if (!/ drained\b/.test(textOf(one, 'endpoints'))) return null
      const remedy = { do: 'Take the drain back.', when: '', command: 'gatewell resume ENDPOINT' }
      return {
        value: 'drained',
        says: 'an operator has drained it',
        summary: 'An operator has drained it.',
        remedies: [remedy],
      }
    },
  },
  {
    name: 'short-of-itself',
    causes: ['overload-shed'],
    looksAt: 'whether it was a shortage of the gateway itself',
    speaks: 'own',
    strength: 'clear',
    see: (one) => {
      const monitor = textOf(one, 'monitor')
      if (monitor === '') return null
      return { value: monitor, says: 'of this the gateway itself has too little', summary: `Gatewell itself is short of it: ${monitor}.` }
    },
  },
]

function capital(name: string): string {
  return /^(?:an?|another) /.test(name) ? name[0]?.toUpperCase() + name.slice(1) : name
}
