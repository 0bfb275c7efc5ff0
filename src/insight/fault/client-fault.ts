/** Faults of the client: it leaves, is slow, or sends what cannot be accepted. */
import { afterHead, interrupted, post, served } from './exchange-fault.ts'
import { ask, type Fault, GET } from './fault.ts'
import { GOOD_ANSWER } from './origin.ts'
import type { PlanSetup } from './rehearsal-plan.ts'

const SHORT_MS = 100

export const CLIENT_FAULTS = {
  'client-closed': {
    describe: 'The client leaves while the server is still working on its answer.',
    outcome: 'nothing',
    stage: (stage) =>
      interrupted(stage, (_gateway, visitor) => {
        visitor.close()
        return null
      }),
  },
  'request-malformed': sent('The client leaves a space before the colon of a field.', headed('X-Space : 1')),
  'request-framing': sent(
    'The client gives the length of its body in two ways.',
    'POST / HTTP/1.1\r\nHost: rehearsal.test\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ),
  'request-host-invalid': sent('The client sends no Host.', 'GET / HTTP/1.1\r\n\r\n'),
  'request-line-too-long': sent(
    'The client asks for an address of 10,000 characters.',
    `GET /${'x'.repeat(10_000)} HTTP/1.1\r\nHost: rehearsal.test\r\n\r\n`,
  ),
  'request-header-too-large': sent('The client sends cookies of 40,000 bytes.', headed(`Cookie: ${'x'.repeat(40_000)}`)),
  'request-body-too-large': sent('The client uploads more than the route takes.', post(2_000, ''), { limits: { bodyBytesMax: 1_000 } }),
  'request-header-timeout': sent('The client stops in the middle of its header.', 'GET / HTTP/1.1\r\nHost: rehe', {
    limits: { headerMs: SHORT_MS },
  }),
  'request-body-timeout': {
    describe: 'The client stops in the middle of its body.',
    stage: async (stage) => {
      const { setup } = await served(stage, () => {}, { limits: { bodyIdleMs: SHORT_MS } })
      return { setup, act: (gateway) => ask(stage, gateway, post(1_000, 'only the beginning')) }
    },
  },
  'request-coding-unknown': sent('The client compresses its body as a transfer coding.', headed('Transfer-Encoding: gzip, chunked')),
  'request-method-refused': sent('The client asks for a tunnel.', 'CONNECT rehearsal.test:443 HTTP/1.1\r\nHost: rehearsal.test\r\n\r\n'),
  'request-version-unsupported': sent('The client claims to speak HTTP/2 in the form of HTTP/1.', GET.replace('HTTP/1.1', 'HTTP/2.0')),
  'request-expectation-unknown': sent('The client expects something that nobody has defined.', headed('Expect: 200-ok')),
} as const satisfies Record<string, Fault>

/** The client sends these bytes; the server would answer well. */
function sent(describe: string, bytes: string, setup: PlanSetup = {}): Fault {
  return {
    describe,
    stage: async (stage) => {
      const scene = await served(
        stage,
        afterHead((connection) => connection.send(GOOD_ANSWER)),
        setup,
      )
      return { ...scene, act: (gateway) => ask(stage, gateway, bytes) }
    },
  }
}

/** A GET with one more field line. */
function headed(line: string): string {
  return `GET / HTTP/1.1\r\nHost: rehearsal.test\r\n${line}\r\n\r\n`
}
