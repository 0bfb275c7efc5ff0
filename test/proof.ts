/**
 * The tests that prove that a demand is kept, and what they came to when they were run last. A demand without a proof is not kept yet.
 * `npm run demands` runs them and renews test/results.json and docs/reference/demands.md.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Demand } from './demand.ts'
import type { Seen } from './support/witness.ts'

/** `test`: the title of a test or of a group, as it stands in the file. `kept`: what has to be so for the demand to be kept. */
export type Proof = { readonly file: string; readonly test: string; readonly kept: string }

/** What all the tests that a proof names came to, and what their clients saw. */
export type Verdict = { readonly passed: number; readonly failed: number } & Partial<Readonly<Seen>>

/** By proof. */
export type Results = Record<string, Verdict>

export const TESTS = import.meta.dirname
export const RESULTS = join(TESTS, 'results.json')

export function readResults(): Results {
  return existsSync(RESULTS) ? (JSON.parse(readFileSync(RESULTS, 'utf8')) as Results) : {}
}

export function keyOf({ file, test }: Proof): string {
  return `${file}: ${test}`
}

export function proofsOf({ number }: Demand): readonly Proof[] {
  return PROOFS[number] ?? []
}

const NOBODY_NOTICES = 'every request is answered well'

/** By the number of the demand. */
const PROOFS: Readonly<Record<number, readonly Proof[]>> = {
  1: [
    {
      file: 'scenarios/a-restart-costs-no-get.test.ts',
      test: 'under steady load and again and again, not one GET fails',
      kept: NOBODY_NOTICES,
    },
    {
      file: 'scenarios/nothing-unsafe-is-sent-twice.test.ts',
      test: 'a POST on a connection that dies as it is reused is not sent again; a GET is, at once and on a new one',
      kept: 'a GET is rescued, a POST is never repeated',
    },
    {
      file: 'scenarios/idle-limits-are-honoured-and-learnt.test.ts',
      test: 'teaches by closing, and what it has taught is kept to',
      kept: 'no connection is reused when the server is about to close it',
    },
  ],
  2: [
    {
      file: 'rehearsal/rehearsal.test.ts',
      test: 'each fault ends in its cause',
      kept: 'every failure that is produced is named, in the record and in the answer',
    },
  ],
  3: [
    {
      file: 'scenarios/an-endpoint-is-drained-before-it-goes.test.ts',
      test: 'an endpoint that is drained can be killed, and nobody notices',
      kept: NOBODY_NOTICES,
    },
    {
      file: 'scenarios/a-name-with-more-addresses-is-more-endpoints.test.ts',
      test: 'a WebSocket to a server that has left the name stays until it ends',
      kept: 'it goes on with the server that it is open to',
    },
  ],
  4: [
    {
      file: 'scenarios/a-name-with-more-addresses-is-more-endpoints.test.ts',
      test: 'the load spreads over all of them, and nothing is dropped on the way',
      kept: NOBODY_NOTICES,
    },
    {
      file: 'scenarios/requests-wait-while-the-app-restarts.test.ts',
      test: 'all instances may restart at the same time',
      kept: NOBODY_NOTICES,
    },
  ],
  5: [
    {
      file: 'scenarios/a-new-endpoint-gets-visitors-when-it-is-ready.test.ts',
      test: 'while a new app starts, not one request fails, and once it is ready it gets its part',
      kept: NOBODY_NOTICES,
    },
  ],
  6: [
    {
      file: 'scenarios/a-gateway-that-serves-nobody-is-not-ready.test.ts',
      test: 'a worker that hangs makes the gateway not ready, until it goes on',
      kept: 'readiness fails at once, and passes again by itself',
    },
    {
      file: 'control/health/self-check.test.ts',
      test: 'a listener that takes connections and answers none is told of, until it answers again',
      kept: "readiness asks the gateway's own listeners",
    },
  ],
  7: [
    {
      file: 'scenarios/a-wrong-health-check-takes-no-site-down.test.ts',
      test: 'every one goes on serving, and the operator is told what the probes see',
      kept: NOBODY_NOTICES,
    },
  ],
  8: [
    {
      file: 'scenarios/a-name-that-moves-is-followed.test.ts',
      test: 'no request fails when the old server dies at the same moment',
      kept: NOBODY_NOTICES,
    },
    {
      file: 'scenarios/a-name-that-moves-is-followed.test.ts',
      test: 'connections that are kept open do not hold on to a server that the name has left',
      kept: 'nothing goes to the old server when the time to live is over',
    },
    { file: 'scenarios/a-name-that-moves-is-followed.test.ts', test: 'all of several servers may move at once', kept: NOBODY_NOTICES },
    {
      file: 'scenarios/a-dead-resolver-stops-nothing.test.ts',
      test: 'no request fails while it %s, although each needs a new connection',
      kept: NOBODY_NOTICES,
    },
    {
      file: 'scenarios/a-service-is-found-by-its-srv-records.test.ts',
      test: 'a service that moves to another port is followed',
      kept: NOBODY_NOTICES,
    },
  ],
  9: [
    {
      file: 'scenarios/an-endpoint-that-fails-requests-is-left-out.test.ts',
      test: 'a server that %s is left out after a few requests, and no visitor sees it',
      kept: NOBODY_NOTICES,
    },
  ],
  10: [
    {
      file: 'scenarios/one-bad-probe-changes-nothing.test.ts',
      test: 'two bad probes in three take nobody out, three in a row do, and it takes two good ones to come back',
      kept: NOBODY_NOTICES,
    },
  ],
  11: [
    {
      file: 'scenarios/a-retry-goes-to-another-endpoint.test.ts',
      test: 'the visitor of a site gets a good answer although one endpoint',
      kept: 'the visitor gets the answer of the other endpoint',
    },
    {
      file: 'scenarios/nothing-unsafe-is-sent-twice.test.ts',
      test: 'a POST that the server has read is not sent again when the server',
      kept: 'the server has got it once',
    },
  ],
  12: [
    {
      file: 'scenarios/a-retry-goes-to-another-endpoint.test.ts',
      test: 'there are two more attempts and no third, each at another endpoint',
      kept: 'no endpoint is asked twice while there is another',
    },
  ],
  13: [
    {
      file: 'scenarios/a-body-is-sent-again-whole.test.ts',
      test: 'a body survives an endpoint that refuses',
      kept: 'the second endpoint gets every byte',
    },
    {
      file: 'scenarios/a-body-is-sent-again-whole.test.ts',
      test: 'is sent again when the method is idempotent and the body was kept',
      kept: 'the second endpoint gets every byte',
    },
  ],
  14: [
    {
      file: 'scenarios/a-reload-is-not-noticed.test.ts',
      test: 'a hundred reloads lose no request and cut no WebSocket',
      kept: NOBODY_NOTICES,
    },
  ],
  15: [
    { file: 'scenarios/a-reload-is-not-noticed.test.ts', test: 'another number of workers loses no request', kept: NOBODY_NOTICES },
    {
      file: 'scenarios/an-upgrade-costs-nothing.test.ts',
      test: 'an upgrade fails nobody, and moves the admin address too; the old process ends',
      kept: NOBODY_NOTICES,
    },
    {
      file: 'scenarios/stopping-the-gateway-fails-nobody.test.ts',
      test: 'on SIGTERM readiness fails first, then all are served to their end',
      kept: NOBODY_NOTICES,
    },
  ],
  16: [
    {
      file: 'scenarios/no-request-waits-for-the-first-probe.test.ts',
      test: 'with %i endpoints whose probes are never answered, all requests are, from the first on',
      kept: NOBODY_NOTICES,
    },
  ],
  18: [
    {
      file: 'respond/page.test.ts',
      test: 'the error page',
      kept: 'it says what has happened and what to do, in the language of the visitor',
    },
    { file: 'respond/failure-answer.test.ts', test: 'the answer to a failure', kept: 'each client gets the form that it reads' },
    { file: 'respond/page.test.ts', test: 'an own page', kept: 'it takes the place of ours' },
  ],
  19: [
    {
      file: 'gateway/maintenance.test.ts',
      test: 'a browser gets the page in its language, with 503 and Retry-After',
      kept: 'the page says so, with 503 and Retry-After',
    },
    {
      file: 'scenarios/an-endpoint-is-drained-before-it-goes.test.ts',
      test: 'what is switched stays so after a restart, and the gateway says so',
      kept: 'the switch outlives the process',
    },
  ],
  20: [
    {
      file: 'scenarios/endpoints-share-the-load.test.ts',
      test: 'gives each its share by weight, to the request',
      kept: 'each gets, to the request, what its weight says',
    },
    {
      file: 'scenarios/endpoints-share-the-load.test.ts',
      test: 'keeps away from an endpoint that %s, and no visitor sees it',
      kept: 'every visitor gets a good answer',
    },
  ],
  21: [
    {
      file: 'scenarios/a-failed-probe-says-what-it-saw.test.ts',
      test: 'each of the ways in which a check is wrong has a sentence of its own, wherever one looks',
      kept: 'redirects, a wrong port, TLS on a plain port, a wrong Host: each is told apart',
    },
  ],
  22: [
    {
      file: 'scenarios/streams-flow-at-once.test.ts',
      test: 'each piece arrives by itself',
      kept: 'a piece is there before the server has sent the next one',
    },
  ],
  23: [
    {
      file: 'scenarios/retries-cannot-become-the-outage.test.ts',
      test: 'lets a storm of requests cost a fifth more, and ten a second',
      kept: 'a dead upstream gets no more than 20 % above its requests, and ten a second',
    },
  ],
  24: [
    {
      file: 'scenarios/people-are-told-of-an-incident.test.ts',
      test: 'a webhook is told of an incident within five seconds, once, and when it is over',
      kept: 'one message within five seconds, with the cause and what to do, and one when it is over',
    },
    {
      file: 'control/alert/alert-desk.test.ts',
      test: 'one blip is no alert',
      kept: 'three failures in a minute are an alert, or any that last; fewer are none',
    },
    {
      file: 'scenarios/an-alert-outlives-a-restart.test.ts',
      test: 'an alert that could not be delivered is delivered after a restart, once',
      kept: 'a channel that is away is told when it is back, also by the next process',
    },
  ],
}
