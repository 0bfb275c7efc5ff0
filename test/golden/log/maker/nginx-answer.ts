/** nginx and answers that are not what they should be: HTTP/1, FastCGI, HTTP/2. */

import { once } from 'node:events'
import { constants, createServer, type ServerHttp2Stream } from 'node:http2'
import type { KnownCauseId } from '../../../../src/causes/foreign-catalogue.ts'
import type { Case } from './case.ts'
import { afterHead, saying } from './nginx-exchange.ts'
import { startNginx, TO_ORIGIN } from './nginx-front.ts'
import { ORIGIN, type Scene } from './scene.ts'

const upstream = /upstream: "/
const OK = 'HTTP/1.1 200 OK\r\n'

export const NGINX_ANSWER_CASES: readonly Case[] = [
  {
    name: 'header-too-large',
    cause: 'header-too-large',
    how: 'The header of the answer has 20 KiB, and proxy_buffer_size is 4k.',
    marks: { 'error.log': { 'header-too-large': upstream } },
    play: async (scene) => {
      await scene.origin(afterHead((one) => one.send(`${OK}Set-Cookie: session=${'x'.repeat(20_480)}\r\nContent-Length: 2\r\n\r\nok`)))
      await startNginx(scene, { location: TO_ORIGIN })
      await scene.ask({ path: '/login' })
    },
  },
  answering('not-http', 'malformed-response', 'The origin is an SSH server.', 'SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n'),
  answering(
    'invalid-header',
    'malformed-response',
    'A header line of the answer holds a null byte.',
    `${OK}X-Name: a\0b\r\nContent-Length: 2\r\n\r\nok`,
  ),
  answering(
    'invalid-chunk',
    'malformed-response',
    'The size of a chunk is not a number.',
    `${OK}Transfer-Encoding: chunked\r\n\r\nzz\r\nok\r\n0\r\n\r\n`,
  ),
  answering(
    'more-than-length',
    'content-length-mismatch',
    'The body is longer than its Content-Length.',
    `${OK}Content-Length: 2\r\n\r\nok and a warning`,
  ),
  answering(
    'more-than-chunks',
    'content-length-mismatch',
    'Something follows the last chunk.',
    `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\nand a warning`,
  ),
  {
    name: 'http-on-fastcgi-port',
    cause: 'http-protocol-mismatch',
    how: 'fastcgi_pass leads to a server that speaks HTTP.',
    marks: { 'error.log': { 'http-protocol-mismatch': upstream } },
    play: async (scene) => {
      await scene.origin((one) => void one.more().then(() => one.send('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')))
      await startNginx(scene, { location: `fastcgi_pass 127.0.0.1:${ORIGIN};` })
      await scene.ask({ path: '/index.php' })
    },
  },
  {
    name: 'fastcgi-on-http-port',
    cause: 'closed-before-response',
    how: 'proxy_pass leads to a server that speaks FastCGI, which closes the connection without a word.',
    marks: { 'error.log': { 'reset-before-response': /\(104/, 'closed-before-response': /prematurely closed/ } },
    play: async (scene) => {
      await scene.origin(async (one) => {
        await one.more()
        if (one.ordinal === 2) one.reset()
        else one.end()
      })
      await startNginx(scene, { location: TO_ORIGIN })
      await scene.ask()
      await scene.ask()
    },
  },
  {
    name: 'h1-on-grpc-port',
    cause: 'http-protocol-mismatch',
    how: 'grpc_pass leads to a server that speaks HTTP/1.1.',
    marks: { 'error.log': { 'http-protocol-mismatch': upstream } },
    play: async (scene) => {
      await scene.origin((one) => void one.more().then(() => one.send('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')))
      await startNginx(scene, { location: `grpc_pass grpc://127.0.0.1:${ORIGIN};` })
      await scene.ask({ method: 'POST', path: '/shop.Cart/Add' })
    },
  },
  h2('http2-stream-reset', 'http2-stream-reset', 'The gRPC server resets the stream with INTERNAL_ERROR.', (stream) =>
    stream.close(constants.NGHTTP2_INTERNAL_ERROR),
  ),
  h2('http2-refused-stream', 'http2-stream-reset', 'The gRPC server refuses the stream.', (stream) =>
    stream.close(constants.NGHTTP2_REFUSED_STREAM),
  ),
  {
    name: 'http2-goaway',
    cause: 'http2-goaway',
    how: 'The gRPC server says GOAWAY with ENHANCE_YOUR_CALM, and has not begun the request.',
    marks: { 'error.log': { 'http2-goaway': upstream } },
    play: async (scene) => {
      const settings = Buffer.from('000000040000000000', 'hex')
      const goaway = Buffer.from('000008070000000000000000000000000b', 'hex')
      await scene.origin((one) => void one.more().then(() => one.send(Buffer.concat([settings, goaway]))))
      await startNginx(scene, { location: `grpc_pass grpc://127.0.0.1:${ORIGIN};` })
      await scene.ask({ method: 'POST', path: '/shop.Cart/Add', leaveMs: 2_000 })
    },
  },
  h2('http2-closed', 'closed-before-response', 'The gRPC server closes the connection without an answer.', (stream) =>
    stream.session?.socket.destroy(),
  ),
  {
    ...h2('http2-closed-stream', 'http2-stream-reset', 'The gRPC server ends the stream in the middle of the body.', (stream) => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc', 'content-length': 10 })
      stream.end('half')
    }),
    marks: { 'error.log': { 'http2-stream-reset': upstream } },
  },
]

function answering(name: string, cause: KnownCauseId, how: string, bytes: string): Case {
  return {
    name,
    cause,
    how,
    marks: { 'error.log': { [cause]: upstream } },
    play: async (scene) => {
      await scene.origin(saying(bytes))
      await startNginx(scene, { location: `${TO_ORIGIN} proxy_http_version 1.1;` })
      await scene.ask()
    },
  }
}

function h2(name: string, cause: KnownCauseId, how: string, act: (stream: ServerHttp2Stream) => void): Case {
  return {
    name,
    cause,
    how,
    marks: { 'error.log': { [cause]: upstream } },
    play: async (scene: Scene) => {
      const server = createServer()
      server.on('stream', (stream) => {
        stream.on('error', () => {})
        act(stream)
      })
      server.on('sessionError', () => {})
      server.listen(ORIGIN, '127.0.0.1')
      await once(server, 'listening')
      scene.keep(() => void server.close())
      await startNginx(scene, { location: `grpc_pass grpc://127.0.0.1:${ORIGIN};` })
      await scene.ask({ method: 'POST', path: '/shop.Cart/Add', leaveMs: 2_000 })
    },
  }
}
