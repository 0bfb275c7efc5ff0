/** What uvicorn says, and the cause it stands for. */
import type { Pattern } from '../../log/pattern.ts'
import { DEPENDENCY_SIGN } from '../dependency-sign.ts'

export const UVICORN_PATTERNS: readonly Pattern[] = [
  {
    when: ({ kind, status }) => kind === 'access' && status === 503,
    cause: 'upstream-overloaded',
    confidence: 0.8,
    note: 'the app said 503, as uvicorn does at --limit-concurrency',
  },
  {
    when: ({ kind, status = 0 }) => kind === 'access' && status >= 500,
    cause: 'upstream-5xx',
    confidence: 0.95,
    note: 'the app said it itself',
  },
  {
    when: /Exceeded concurrency limit/,
    cause: 'upstream-overloaded',
    confidence: 0.96,
    note: '--limit-concurrency is reached',
    about: 'event',
  },
  {
    when: /address already in use/,
    cause: 'connect-refused',
    confidence: 0.75,
    note: 'uvicorn did not start, because its port is taken',
    about: 'event',
    explains: ['connect-refused'],
    withinMs: 60_000,
  },
  {
    when: new RegExp(`Exception in ASGI application.*(?:${DEPENDENCY_SIGN})`, 's'),
    cause: 'dependency-down',
    confidence: 0.85,
    note: 'the app could not reach something that it needs',
    about: 'event',
  },
  {
    when: /Exception in ASGI application/,
    cause: 'upstream-5xx',
    confidence: 0.9,
    note: 'the app ended in an error, which its traceback names',
    about: 'event',
  },
  {
    when: /^(?:Shutting down|Waiting for connections to close|Finished server process)/,
    cause: 'upstream-draining',
    confidence: 0.85,
    note: 'uvicorn is stopping',
    about: 'event',
  },
]
