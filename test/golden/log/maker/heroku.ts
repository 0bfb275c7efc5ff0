/** Heroku, after its list of error codes. */
import type { KnownCauseId } from '../../../../src/causes/foreign-catalogue.ts'
import { byHand, type Line } from './by-hand.ts'

function router(cause: KnownCauseId | null, code: string, desc: string, service = '12ms'): Line {
  const tail = `method=GET path="/cart" host=shop.example.com request_id=9a1f0c3e fwd="203.0.113.9" dyno=web.1 connect=1ms service=${service} status=503 bytes=0 protocol=https`
  return [cause, `2026-11-22T10:00:00.000000+00:00 heroku[router]: at=error code=${code} desc="${desc}" ${tail}`]
}

export const TROUPE = byHand('heroku', "After Heroku's list of error codes.", {
  heroku: [
    router('worker-crashed', 'H10', 'App crashed'),
    router('overload-shed', 'H11', 'Backlog too deep'),
    router('response-timeout', 'H12', 'Request timeout', '30000ms'),
    router('closed-before-response', 'H13', 'Connection closed without response'),
    router('no-endpoints', 'H14', 'No web dynos running'),
    router('idle-timeout', 'H15', 'Idle connection', '55000ms'),
    router('malformed-response', 'H17', 'Poorly formatted HTTP response'),
    router('truncated-body', 'H18', 'Server Request Interrupted'),
    router('connect-timeout', 'H19', 'Backend connection timeout', '5000ms'),
    router('no-healthy-upstream', 'H20', 'App boot timeout'),
    router('connect-refused', 'H21', 'Backend connection refused'),
    router('overload-shed', 'H22', 'Connection limit reached'),
    router('client-closed', 'H27', 'Client Request Interrupted'),
    router('gateway-internal', 'H99', 'Platform error'),
    ['worker-oom-killed', '2026-11-22T10:00:01.000000+00:00 heroku[web.1]: Error R14 (Memory quota exceeded)'],
    ['worker-oom-killed', '2026-11-22T10:00:02.000000+00:00 heroku[web.1]: Error R15 (Memory quota vastly exceeded)'],
    ['worker-crashed', '2026-11-22T10:00:03.000000+00:00 heroku[web.1]: State changed from up to crashed'],
    [null, '2026-11-22T10:00:04.000000+00:00 heroku[web.1]: State changed from starting to up'],
    [
      null,
      '2026-11-22T10:00:05.000000+00:00 heroku[router]: at=info method=GET path="/" host=shop.example.com request_id=9a1f fwd="203.0.113.9" dyno=web.1 connect=0ms service=4ms status=200 bytes=1024 protocol=https',
    ],
  ],
})
