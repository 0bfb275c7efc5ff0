/** Streams that once were read differently here and by Node's parser: what the fuzzers found, kept so that it stays found. */

export const REQUESTS: readonly { readonly name: string; readonly stream: string }[] = [
  {
    name: 'an empty chunk extension',
    stream: 'POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2;\r\n\r\n\r\n0\r\n\r\n',
  },
  {
    name: 'a length among the trailers',
    stream: 'GET / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 5\r\n\r\n',
  },
  {
    name: 'a coding among the trailers',
    stream: 'POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5;a\r\nhello\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n',
  },
  { name: 'NBSP before the coding', stream: 'POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: \xa0chunked\r\n\r\n0\r\n\r\n' },
]

export const ANSWERS: readonly { readonly name: string; readonly stream: string; readonly method?: string }[] = [
  { name: 'NBSP before the coding of an answer', stream: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: \xa0chunked\r\n\r\n0\r\n\r\n' },
  { name: 'an empty chunk extension of an answer', stream: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;\r\nhi\r\n0\r\n\r\n' },
]
