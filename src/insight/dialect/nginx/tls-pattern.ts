/** What nginx says when the handshake of TLS with a server behind it fails. The reasons are those of OpenSSL. */
import type { Pattern } from '../../log/pattern.ts'

/** A client that fails in its own handshake with nginx is no failure of the gateway. */
const UPSTREAM = '.*while (?:SSL handshaking to|reading response header from|sending request to) upstream'

export const NGINX_TLS_PATTERNS: readonly Pattern[] = [
  {
    when: /upstream SSL certificate verify error: \((?:9|10):/,
    cause: 'tls-cert-expired',
    confidence: 0.98,
    note: 'the certificate of the server is not valid today',
  },
  {
    when: /upstream SSL certificate does not match/,
    cause: 'tls-hostname-mismatch',
    confidence: 0.98,
    note: 'the certificate is not for the name in proxy_ssl_name',
  },
  {
    when: /upstream SSL certificate verify error|upstream SSL certificate was not/,
    cause: 'tls-untrusted',
    confidence: 0.97,
    note: 'proxy_ssl_trusted_certificate does not lead to the certificate of the server',
  },
  {
    when: new RegExp(`(?:wrong version number|packet length too long|http request)${UPSTREAM}`),
    cause: 'tls-to-plaintext-port',
    confidence: 0.95,
    note: 'proxy_pass says https, and the server answers in plain text',
  },
  {
    when: new RegExp(`unrecognized name${UPSTREAM}`),
    cause: 'tls-sni-required',
    confidence: 0.95,
    note: 'the server does not know the name; nginx sends none unless proxy_ssl_server_name is on',
  },
  {
    when: new RegExp(`(?:certificate required|bad certificate|alert unknown ca|alert certificate)${UPSTREAM}`),
    cause: 'tls-client-cert-required',
    confidence: 0.93,
    note: 'the server wants a certificate of nginx (proxy_ssl_certificate)',
  },
  {
    when: new RegExp(`SSL_do_handshake\\(\\) failed${UPSTREAM}`),
    cause: 'tls-protocol-mismatch',
    confidence: 0.85,
    note: 'the two agree on no version or cipher; with TLS 1.2 it may also be that the server wants a certificate of nginx',
  },
  {
    when: /(?:peer closed connection in SSL handshake|\((?:110|104):).*while SSL handshaking to upstream/,
    cause: 'tls-handshake-failed',
    confidence: 0.95,
    note: 'the server broke the handshake off, or fell silent in it',
  },
]
