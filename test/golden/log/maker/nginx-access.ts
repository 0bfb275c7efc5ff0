/** What nginx's access logs say of many outcomes: the combined form, that of ingress-nginx, and JSON. */
import type { Case } from './case.ts'
import { startNginx } from './nginx-front.ts'
import { ORIGIN } from './scene.ts'

/** Each place of the site fails in its own way. */
const PLACES: Readonly<Record<string, string>> = {
  '/ok': 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
  '/error': `HTTP/1.1 500 Internal Server Error\r\nContent-Length: 1200\r\n\r\n${'x'.repeat(1200)}`,
  '/inner-502': `HTTP/1.1 502 Bad Gateway\r\nContent-Length: 107\r\n\r\n${'x'.repeat(107)}`,
  '/inner-504': `HTTP/1.1 504 Gateway Time-out\r\nContent-Length: 92\r\n\r\n${'x'.repeat(92)}`,
  '/busy': 'HTTP/1.1 503 Service Unavailable\r\nContent-Length: 19\r\n\r\nService Unavailable',
  '/missing': 'HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\nnot found',
}

const at = (path: string): RegExp => new RegExp(`[ "]${path}(?:[ ",]|$)`)
/** What any form of an access log tells. */
const ALWAYS = { 'client-closed': at('/leave') }
/** What one tells that has nginx's variables of the upstream. */
const WITH_UPSTREAM = {
  ...ALWAYS,
  'upstream-5xx': /\/(?:error|inner-502|inner-504)[ "]/,
  'upstream-overloaded': at('/busy'),
  'no-healthy-upstream': at('/none'),
}
/** And with the time until connected. */
const WITH_TIMES = {
  ...WITH_UPSTREAM,
  'response-timeout': at('/slow'),
  'connect-timeout': at('/far'),
  'connect-refused': /"\/(?:refused|first)"/,
}

export const NGINX_ACCESS_CASES: readonly Case[] = [
  {
    name: 'access',
    cause: null,
    how: 'Each place of one site fails in its own way. What its access log cannot tell is not marked: a refusal looks like a reset.',
    marks: { 'access.log': { ...ALWAYS }, 'ingress.log': WITH_UPSTREAM, 'json.log': WITH_TIMES },
    play: async (scene) => {
      await scene.origin(async (one) => {
        const path = (await one.head())?.split(' ')[1] ?? ''
        const answer = PLACES[path]
        if (answer !== undefined) one.send(answer)
        if (answer !== undefined) one.end()
        else if (path === '/reset') one.reset()
      })
      scene.run('ip', 'route', 'add', '192.0.2.1/32', 'dev', 'lo')
      scene.keep(() => void scene.run('ip', 'route', 'del', '192.0.2.1/32', 'dev', 'lo'))
      const groups = 'upstream none { server 127.0.0.1:4000; server 127.0.0.1:4001; }'
      const places = [
        'location = /refused { proxy_pass http://127.0.0.1:4002; }',
        'location = /far { proxy_pass http://192.0.2.1:3000; proxy_connect_timeout 300ms; }',
        `location = /slow { proxy_pass http://127.0.0.1:${ORIGIN}; proxy_read_timeout 300ms; }`,
        'location ~ ^/(first|none)$ { proxy_pass http://none; }',
        'location = /moved { return 301 /; }',
        'location = /closed { return 503; }',
      ]
      await startNginx(scene, { http: groups, server: places.join('\n    '), location: `proxy_pass http://127.0.0.1:${ORIGIN};` })
      for (const path of [...Object.keys(PLACES), '/refused', '/far', '/slow', '/reset', '/first', '/none', '/moved', '/closed'])
        await scene.ask({ path })
      await scene.ask({ path: '/leave', leaveMs: 200 })
      await scene.until('the last line', () => scene.read('json.log').includes('/leave'))
    },
  },
]
