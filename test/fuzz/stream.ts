/**
 * Streams of messages to read: mostly right by their grammar, with the framing written in all the ways that parsers are known to
 * disagree on, and then mutated byte by byte. Text is latin1.
 */
import fc from 'fast-check'

const CRLF = '\r\n'
const one = (...texts: string[]): fc.Arbitrary<string> => fc.constantFrom(...texts)
/** Right ones, and now and then an odd one: streams in which everything is odd are refused before they get interesting. */
const mostly = (right: string[], odd: string[]): fc.Arbitrary<string> =>
  fc.oneof({ weight: 12, arbitrary: one(...right) }, { weight: 1, arbitrary: one(...odd) })

/** Bytes that end, begin or separate something in some parser. */
const SPECIAL = [
  '\r',
  '\n',
  '\r\n',
  '\r\n\r\n',
  '\n\n',
  '\0',
  ' ',
  '\t',
  '\v',
  '\f',
  ':',
  ',',
  ';',
  '"',
  '\x7f',
  '\x80',
  '\xa0',
  '\xff',
  '0',
  '\\',
]

const METHODS = mostly(['GET', 'POST', 'PUT', 'HEAD', 'OPTIONS', 'DELETE', 'PATCH', 'QUERY'], ['get', 'CONNECT', 'TRACE', 'PRI', 'X-OWN'])
const TARGETS = mostly(
  ['/', '/a?b=c', 'http://h.example/x?y', 'http://h.example', 'https://h', '//x', '/%0d%0a', '/"<>^|'],
  ['*', 'h.example:80', '/a#b', '?', 'a', '/\x80', 'http://', 'http://a@b/'],
)
const VERSIONS = mostly(
  ['HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0'],
  ['HTTP/2.0', 'HTTP/0.9', 'http/1.1', 'HTTP/1.01', 'HTTP/1.2', 'HTTP/1', ''],
)
const HOSTS = mostly(
  ['Host: h.example', 'host:h', 'Host: [::1]:80'],
  ['Host: a b', 'Host:', 'Host : h', 'Hos\xb4t: h', 'X: y', 'Host: h\r\nHost: h'],
)
const PLAIN = mostly(
  [
    ...['A: b', 'a:', 'X-Y: \t z ', 'Accept: */*', 'Cookie: a=b; c="d"', 'X: \xff\x80', 'Content_Length: 3', 'TE: trailers', 'Trailer: T'],
    ...['Expect: 100-continue', 'Upgrade: websocket', 'Upgrade: h2c', 'Keep-Alive: timeout=1', 'X-Forwarded-For: 1.2.3.4', 'Via: 1.1 x'],
  ],
  ['Expect: x', 'X : y', ' X: y', ': y', 'X', 'X: \0'],
)
const CONNECTIONS = one(
  ...['Connection: keep-alive', 'Connection: Upgrade', 'Connection: upgrade, keep-alive', 'Connection: close', 'connection:close'],
  ...['Connection: close, keep-alive', 'Connection: content-length', 'Connection: transfer-encoding, host', 'Connection: xclose'],
  ...['Connection: \xa0close', 'Connection: ,close', 'Connection: clo se'],
)
/** `N` stands for the length of the body. */
const LENGTHS = mostly(
  ['N', 'N', ' N ', '0N', 'N\t'],
  ['+N', '-N', 'N,N', 'N, N', '0xN', 'N.0', 'N N', '"N"', '', '1N', '18446744073709551616', '\xa0N', 'N_0', '\vN', 'Ne0'],
)
const LENGTH_NAMES = mostly(
  ['Content-Length: ', 'Content-Length:', 'content-length: ', 'Content-Length:\t', 'CONTENT-LENGTH:  '],
  ['Content-Length : ', 'Content_Length: ', 'Content-Length\t: ', ' Content-Length: ', 'X: \rContent-Length: '],
)
const CODINGS = mostly(
  ['chunked', 'chunked', 'Chunked', ' chunked ', 'CHUNKED'],
  [
    ...[
      'xchunked',
      'chunked, identity',
      'identity, chunked',
      'gzip, chunked',
      'chunked,',
      ',chunked',
      'chunked chunked',
      '\x0bchunked',
      '',
    ],
    ...['"chunked"', 'chunked;q=1', 'identity', '\xa0chunked', 'chunked\0', 'chunked, chunked', 'chun\rked'],
  ],
)
const CODING_NAMES = mostly(
  ['Transfer-Encoding: ', 'Transfer-Encoding:', 'transfer-encoding: ', 'Transfer-Encoding:\t'],
  ['Transfer-Encoding : ', 'Transfer_Encoding: ', '\tTransfer-Encoding: ', 'X: \nTransfer-Encoding: '],
)

const CONTENT = one(
  ...['', 'x', 'hello', '0\r\n\r\n', '\r\n', 'GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n', 'HTTP/1.1 200 OK\r\n\r\n', '\0\xff'.repeat(20)],
)
const SIZES = mostly(
  ['N', 'N', 'N', 'N', '0N', '000000000N', 'N;a', 'N;a=b', 'N;a="b;c"', 'N;a;b=c', 'N;a="\\""'],
  [
    ...['N ;a', 'N ', ' N', '0xN', '+N', '-N', 'N\t', 'N;', 'N;;a', 'N;\n', 'N;a=', 'N;a="', 'N;a\n', 'N; a', 'N;a =b', 'N_0', '1N'],
    '8000000000000000N',
  ],
)
const LAST_SIZES = mostly(['0', '0', '000', '0;x'], ['0 ', '', '00 ;', '-0', '0x0'])
const TRAILERS = mostly(
  ['', '', '', 'T: u\r\n', 'A:b\r\nC: d\r\n'],
  ['Content-Length: 5\r\n', 'X : y\r\n', ' folded\r\n', 'T: u\n', 'Transfer-Encoding: chunked\r\n', 'X\r\n', 'GET / HTTP/1.1\r\n', '\n'],
)

type Framed = { readonly fields: readonly string[]; readonly body: string }

const declared: fc.Arbitrary<Framed> = fc
  .tuple(LENGTH_NAMES, LENGTHS, CONTENT)
  .map(([name, value, body]) => ({ fields: [name + value.replaceAll('N', `${body.length}`)], body }))

const chunks: fc.Arbitrary<string> = fc
  .tuple(fc.array(fc.tuple(SIZES, CONTENT), { maxLength: 3 }), LAST_SIZES, TRAILERS)
  .map(([pieces, last, trailers]) => {
    const text = pieces
      .filter(([, content]) => content !== '')
      .map(([size, content]) => `${size.replaceAll('N', content.length.toString(16))}\r\n${content}\r\n`)
    return `${text.join('')}${last}\r\n${trailers}\r\n`
  })

const chunked: fc.Arbitrary<Framed> = fc
  .tuple(CODING_NAMES, CODINGS, chunks)
  .map(([name, value, body]) => ({ fields: [name + value], body }))

/** Two framings at once, as a smuggler would have it, with the body of either. */
const both: fc.Arbitrary<Framed> = fc
  .tuple(fc.oneof(declared, chunked), fc.oneof(declared, chunked), fc.boolean())
  .map(([first, second, isFirst]) => ({ fields: [...first.fields, ...second.fields], body: isFirst ? first.body : second.body }))

const framed: fc.Arbitrary<Framed> = fc.oneof(
  { weight: 5, arbitrary: fc.constant({ fields: [], body: '' }) },
  { weight: 4, arbitrary: declared },
  { weight: 4, arbitrary: chunked },
  { weight: 1, arbitrary: both },
)

const fields: fc.Arbitrary<string[]> = fc.array(fc.oneof({ weight: 6, arbitrary: PLAIN }, { weight: 1, arbitrary: CONNECTIONS }), {
  maxLength: 4,
})

const request: fc.Arbitrary<string> = fc
  .tuple(METHODS, TARGETS, VERSIONS, HOSTS, fields, framed, fc.nat(5))
  .map(([method, target, version, host, plain, { fields, body }, place]) => {
    const lines = [host, ...plain]
    lines.splice(Math.min(place, lines.length), 0, ...fields)
    return `${method} ${target} ${version}${CRLF}${lines.join(CRLF)}${CRLF}${CRLF}${body}`
  })

const STATUSES = mostly(
  [
    '200 OK',
    '200 OK',
    '200',
    '200 ',
    '404 Not Found',
    '204 No Content',
    '304 Not Modified',
    '101 Switching',
    '100 Continue',
    '103 Early Hints',
  ],
  ['199 X', '205 X', '599 X', '600 X', '99 X', '2000 OK', '20x OK', '200OK', ' 200 OK', '200\tOK', '-20 OK', '500 \xff', '200 O\0K'],
)

const answer: fc.Arbitrary<string> = fc
  .tuple(
    VERSIONS,
    STATUSES,
    fields,
    fc.oneof(
      framed,
      CONTENT.map((body) => ({ fields: [], body })),
    ),
    fc.nat(5),
  )
  .map(([version, status, plain, { fields, body }, place]) => {
    const lines = [...plain]
    lines.splice(Math.min(place, lines.length), 0, ...fields)
    return `${version} ${status}${CRLF}${lines.map((line) => line + CRLF).join('')}${CRLF}${body}`
  })

type Mutation = { readonly kind: 'set' | 'insert' | 'delete' | 'repeat' | 'bare-lf' | 'cut'; readonly at: number; readonly text: string }

const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.constantFrom('set', 'set', 'insert', 'insert', 'delete', 'repeat', 'bare-lf', 'cut'),
  at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  text: fc.oneof(
    one(...SPECIAL),
    fc.nat(255).map((code) => String.fromCharCode(code)),
  ),
})

function mutate(stream: string, { kind, at, text }: Mutation): string {
  const start = Math.floor(at * stream.length)
  const [before, behind] = [stream.slice(0, start), stream.slice(start)]
  switch (kind) {
    case 'set':
      return before + text + behind.slice(text.length)
    case 'insert':
      return before + text + behind
    case 'delete':
      return before + behind.slice(1 + (text.charCodeAt(0) % 4))
    case 'repeat':
      return before + behind.slice(0, 1 + (text.charCodeAt(0) % 40)) + behind
    case 'bare-lf':
      return before + behind.replace(CRLF, '\n')
    case 'cut':
      return before
  }
}

const mutations = fc.oneof(
  { weight: 2, arbitrary: fc.constant<Mutation[]>([]) },
  { weight: 3, arbitrary: fc.array(mutation, { minLength: 1, maxLength: 3 }) },
)

function mutated(streams: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(streams, mutations).map(([stream, list]) => list.reduce(mutate, stream))
}

/** One to three requests behind each other. */
export const requestStream: fc.Arbitrary<string> = mutated(fc.array(request, { minLength: 1, maxLength: 3 }).map((all) => all.join('')))

/** An answer, maybe with interim ones before it or something behind it. */
export const answerStream: fc.Arbitrary<string> = mutated(fc.array(answer, { minLength: 1, maxLength: 2 }).map((all) => all.join('')))

/** Where to cut a stream in pieces, as shares of what is left. */
export const cuts: fc.Arbitrary<number[]> = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 })

export function piecesOf(stream: string, shares: readonly number[]): string[] {
  const pieces: string[] = []
  let rest = stream
  for (const share of shares) {
    const length = Math.ceil(rest.length * share * share)
    if (length > 0) pieces.push(rest.slice(0, length))
    rest = rest.slice(length)
  }
  return rest === '' ? pieces : [...pieces, rest]
}
