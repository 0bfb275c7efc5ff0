/** Causes on the client's side: it left, or its request cannot be accepted. */
import type { Cause } from '../cause.ts'

export const CLIENT_CAUSES = {
  'client-closed': {
    title: 'The client left before it was answered',
    status: 499,
    proxyStatus: 'http_request_error',
    side: 'downstream',
    meaning: 'The client closed its connection before the answer was complete: a closed tab, a time limit of its own, or a lost network.',
    remedies: [
      { do: 'Nothing.', when: 'if it is a case now and then' },
      { do: 'Make these requests faster.', when: 'if many clients leave after the same time, or from the same page' },
      {
        do: 'Let the load balancer or CDN in front wait for longer than Gatewell does.',
        when: 'if the client is one',
      },
    ],
  },
  'request-malformed': {
    title: 'The request is not valid HTTP',
    status: 400,
    proxyStatus: 'http_request_error',
    side: 'downstream',
    meaning: 'What the client sent breaks the rules of HTTP, so that it was not passed on.',
    remedies: [
      { do: 'Nothing.', when: 'if it comes from unknown addresses: the internet is full of scanners' },
      { do: 'Mend the client where the evidence says.', when: 'if it is one of your own' },
      {
        do: 'Percent-encode what the client puts into addresses.',
        when: 'if the address contains spaces or letters beyond ASCII',
        command: 'JavaScript: encodeURIComponent(text)',
      },
      {
        do: 'Let the client use http:// on this port.',
        when: 'if its first bytes are 16 03, which is TLS (https)',
      },
    ],
  },
  'request-framing': {
    title: "The length of the request's body is ambiguous",
    status: 400,
    proxyStatus: 'http_request_error',
    side: 'downstream',
    meaning:
      'The request gives the length of its body twice, wrongly or in two ways that contradict, which is also how requests are smuggled.',
    remedies: [
      { do: 'Nothing.', when: 'if it comes from unknown addresses: it was an attack, and it failed' },
      { do: 'Let the client send either Content-Length or Transfer-Encoding: chunked, and only once.', when: 'if it is one of your own' },
      { do: 'Update the proxy in front, which should not have passed it on.', when: 'if the request came through one' },
    ],
  },
  'request-host-invalid': {
    title: 'The Host field is missing, doubled or invalid',
    status: 400,
    proxyStatus: 'http_request_error',
    side: 'downstream',
    meaning: 'The request does not say in exactly one valid Host field which site it is for, as HTTP/1.1 demands.',
    remedies: [
      { do: 'Let the client send one Host field with the name of the site.', when: '', command: "curl -H 'Host: SITE' http://ADDRESS/" },
      {
        do: 'Let the health check send a Host field.',
        when: 'if it comes from a load balancer, e.g. HAProxy',
        command: 'http-check send meth GET uri /up ver HTTP/1.1 hdr Host SITE',
      },
      { do: 'Nothing.', when: 'if it comes from unknown addresses: the internet is full of scanners' },
    ],
  },
  'request-line-too-long': {
    title: 'The request line is too long',
    status: 414,
    proxyStatus: 'http_request_error',
    side: 'downstream',
    meaning: 'The first line of the request, mostly its address, is longer than Gatewell accepts.',
    remedies: [
      { do: 'Send the data in the body of a POST request.', when: 'if a form or a script puts much data into the address' },
      { do: 'Raise the limit.', when: 'if such addresses are wanted', command: 'limits: { requestLine: 16KiB }' },
      { do: 'Find the redirect that adds to the address each time round.', when: 'if the address repeats itself' },
      { do: 'Nothing.', when: 'if it comes from unknown addresses: the internet is full of scanners' },
    ],
  },
  'request-header-too-large': {
    title: "The request's header is too large",
    status: 431,
    proxyStatus: 'http_request_error',
    side: 'downstream',
    meaning: 'The header of the request, mostly its cookies, is larger than Gatewell accepts, or has too many fields.',
    remedies: [
      {
        do: 'Set fewer and smaller cookies: keep the session on the server and only its number in the cookie.',
        when: 'if browsers are affected',
      },
      { do: "Let those who are affected delete the site's cookies.", when: 'if it must be solved at once' },
      {
        do: 'Raise the limits, and those of the app behind.',
        when: 'if such headers are wanted',
        command: 'limits: { head: 64KiB, fields: 200 }',
      },
      { do: 'Shorten the token, or send it in the body.', when: 'if a program sends a very long Authorization field' },
    ],
  },
  'request-body-too-large': {
    title: "The request's body is too large",
    status: 413,
    proxyStatus: 'http_request_error',
    side: 'downstream',
    meaning: 'The body of the request, mostly an upload, is larger than the limit of the route.',
    remedies: [
      {
        do: 'Raise the limit of the route, and that of the app behind it.',
        when: 'if uploads of this size are wanted',
        command: 'routes: [{ path: /upload, to: shop, body: 50GiB }]',
      },
      { do: 'Let the client make it smaller or send it in parts.', when: 'if they are not' },
    ],
  },
  'request-header-timeout': {
    title: 'The client took too long to send its request',
    status: 408,
    proxyStatus: 'http_request_error',
    side: 'downstream',
    meaning: 'The client had begun a request but did not send its whole header in the time allowed.',
    remedies: [
      { do: 'Nothing.', when: 'if it is a case now and then: phones lose their network' },
      {
        do: 'Block the address in the firewall.',
        when: 'if one address does it very often: holding many half-sent requests open is an attack',
        command: 'ss -Htn state established',
      },
      { do: 'Allow more time.', when: 'if real visitors have very slow connections', command: 'limits: { headTimeout: 30s }' },
      { do: 'Let the client send its header in one piece.', when: 'if it is one of your own' },
    ],
  },
  'request-body-timeout': {
    title: 'The client stopped sending its body',
    status: 408,
    proxyStatus: 'http_request_error',
    side: 'downstream',
    meaning: 'The client sent the beginning of its body, then nothing more for longer than a pause may last.',
    remedies: [
      { do: 'Nothing.', when: 'if it is a case now and then: phones lose their network' },
      {
        do: 'Let the client declare the length of what it really sends.',
        when: 'if it is one of your own and always stops at the same point',
      },
      { do: 'Allow longer pauses.', when: 'if the client sends with pauses by design', command: 'limits: { bodyIdle: 5m }' },
      { do: 'Send uploads in parts that can be resumed.', when: 'if many users have slow connections' },
    ],
  },
  'request-coding-unknown': {
    title: 'The request uses an unknown transfer coding',
    status: 501,
    proxyStatus: 'http_request_error',
    side: 'downstream',
    meaning: 'The Transfer-Encoding of the request, which says how its body is cut up for sending, is another than chunked.',
    remedies: [
      { do: 'Let the client send Transfer-Encoding: chunked or a Content-Length.', when: '' },
      {
        do: 'Let it declare compression in Content-Encoding instead.',
        when: 'if the body is compressed',
        command: 'Content-Encoding: gzip',
      },
    ],
  },
  'request-method-refused': {
    title: 'CONNECT and TRACE are refused',
    status: 405,
    proxyStatus: 'http_request_error',
    side: 'downstream',
    meaning: 'The client used CONNECT or TRACE, which would open a tunnel or show secrets, and which a gateway for sites has no use for.',
    remedies: [
      { do: 'Nothing.', when: 'if it comes from unknown addresses: they look for open proxies' },
      { do: 'Use a forward proxy, such as Squid.', when: 'if your own programs are to reach the internet through it' },
    ],
  },
  'request-version-unsupported': {
    title: 'The HTTP version is not supported',
    status: 505,
    proxyStatus: 'http_request_error',
    side: 'downstream',
    meaning: 'The client spoke another version of HTTP than 1.0 and 1.1, the two that this port understands.',
    remedies: [
      { do: 'Let the client use HTTP/1.1.', when: '', command: 'curl --http1.1 http://ADDRESS/' },
      { do: 'Nothing.', when: 'if it comes from unknown addresses: the internet is full of scanners' },
    ],
  },
  'request-expectation-unknown': {
    title: 'The request expects something unknown',
    status: 417,
    proxyStatus: 'http_request_error',
    side: 'downstream',
    meaning: 'The Expect field of the request asks for something other than 100-continue, the only expectation that exists.',
    remedies: [
      { do: 'Let the client leave the Expect field out.', when: '', command: "curl -H 'Expect:' http://ADDRESS/" },
      { do: 'Let the client write it as it is defined.', when: 'if it wants to wait for permission', command: 'Expect: 100-continue' },
    ],
  },
} as const satisfies Record<string, Cause>
