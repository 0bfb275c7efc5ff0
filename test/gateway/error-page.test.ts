/** Who made an error page, and what the app behind it lacks: recognised, while the page itself is not kept. */
import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { pageFacts } from '../../src/gateway/error-page.ts'
import { closing } from '../support/closing.ts'
import { startGateway } from '../support/gateway.ts'
import { ask } from '../support/raw-client.ts'

const PAGES: readonly (readonly [string, object])[] = [
  [
    '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<hr><center>nginx/1.22.1</center>\r\n',
    { page_of: 'nginx', page_version: '1.22.1' },
  ],
  [
    '<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle this request.\n</body></html>\n',
    { page_of: 'haproxy', page_says: 'no-healthy-upstream' },
  ],
  [
    'upstream connect error or disconnect/reset before headers. reset reason: connection timeout',
    { page_of: 'envoy', page_says: 'connect-timeout' },
  ],
  ['<h1>Error</h1>SQLSTATE[HY000] [2002] Connection refused', { lacks: 'mysql' }],
  ['Error: connect ECONNREFUSED 127.0.0.1:5432', { lacks: 'postgres' }],
  ['<h1>Oops</h1>', {}],
]

test.for(PAGES)('%s', ([page, facts]) => {
  expect(Object.fromEntries(pageFacts(Buffer.from(page)).map(({ name, value }) => [name, value]))).toEqual(facts)
})

test('the record of a relayed error names the hop and what is missing, and holds nothing of the page', async () => {
  const server = createServer((_, response) => {
    response.writeHead(500, { Server: 'inner', Via: '1.1 edge', 'X-Powered-By': 'PHP/8.2' })
    response.end('password=hunter2 SQLSTATE[HY000] [2002] Connection refused')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing(server)
  const gateway = closing(await startGateway({ endpoints: [(server.address() as { port: number }).port], retry: { attempts: 1 } }))
  await ask(gateway.port, 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n')
  const [finished] = await gateway.finishedCount(1)
  expect(finished?.evidence).toMatchObject({ status: 500, server: 'inner', via: '1.1 edge', x_powered_by: 'PHP/8.2', lacks: 'mysql' })
  expect(JSON.stringify(finished)).not.toContain('hunter2')
})
