/** Vercel, after its reference of log drains. */
import type { KnownCauseId } from '../../../../src/causes/foreign-catalogue.ts'
import { byHand, type Line } from './by-hand.ts'

function entry(cause: KnownCauseId | null, status: number, statusCode: number, message = ''): Line {
  const from = {
    id: '1573817187330377061717300000',
    deploymentId: 'dpl_233NRGRjVZX1caZrXWtz5g1TAksD',
    source: 'lambda',
    host: 'shop.vercel.app',
  }
  const said = {
    timestamp: 1795341600000,
    projectId: 'gdufoJxB6b9b1fEqr1jUtFkyavUU',
    level: 'error',
    message,
    requestId: '643af4e3-975a',
    statusCode,
  }
  const asked = { timestamp: 1795341599000, method: 'GET', host: 'shop.example.com', path: '/api/cart', userAgent: ['curl/8.14.1'] }
  return [cause, JSON.stringify({ ...from, ...said, proxy: { ...asked, clientIp: '203.0.113.9', statusCode: status, scheme: 'https' } })]
}

export const TROUPE = byHand('vercel', "After Vercel's reference of log drains.", {
  vercel: [
    entry('script-timeout', 504, 504, 'Vercel Runtime Timeout Error: Task timed out after 300 seconds'),
    entry('script-timeout', 504, -1, '2026-11-22T10:00:00.000Z 643af4e3-975a Task timed out after 10.01 seconds'),
    entry('worker-crashed', 500, -1, 'Error: Runtime exited with error: exit status 1\nRuntime.ExitError'),
    entry('proxy-loop', 508, 508),
    entry(null, 500, 500, 'TypeError: x is not a function'),
    entry(null, 200, 200, 'Task timed out after lunch'),
  ],
})
