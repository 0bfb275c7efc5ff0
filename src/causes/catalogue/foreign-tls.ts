/** Causes that a proxy meets when it speaks TLS or HTTP/2 to the server. Gatewell finds them in what others log and are configured with. */
import type { Cause } from '../cause.ts'

const CERTIFICATE =
  'openssl s_client -connect HOST:PORT -servername NAME </dev/null 2>/dev/null | openssl x509 -noout -dates -subject -ext subjectAltName'

export const FOREIGN_TLS_CAUSES = {
  'tls-cert-expired': {
    title: "The server's certificate has expired",
    status: 502,
    proxyStatus: 'tls_certificate_error',
    side: 'upstream',
    meaning: 'The certificate that the server behind the proxy showed is past its last day, or its first day has not come yet.',
    remedies: [
      { do: 'Renew the certificate, and reload the server so that it shows the new one.', when: '', command: CERTIFICATE },
      { do: 'Set the clock of the proxy right.', when: 'if the certificate is valid today', command: 'timedatectl status' },
      { do: 'Replace the intermediate certificate in the chain.', when: 'if only that one has expired' },
    ],
  },
  'tls-hostname-mismatch': {
    title: "The server's certificate is for another name",
    status: 502,
    proxyStatus: 'tls_certificate_error',
    side: 'upstream',
    meaning: 'The certificate that the server showed does not cover the name that the proxy checks it for.',
    remedies: [
      {
        do: 'Tell the proxy the name to ask for and to check.',
        when: '',
        command:
          'nginx: proxy_ssl_server_name on; proxy_ssl_name NAME; · HAProxy: server … sni str(NAME) verifyhost NAME · Caddy: tls_server_name NAME · Traefik: serverName: NAME',
      },
      { do: 'Issue a certificate that covers the name.', when: 'if the name is right', command: CERTIFICATE },
      { do: 'Address the server by its name.', when: 'if the proxy is given an IP address' },
    ],
  },
  'tls-untrusted': {
    title: "The server's certificate is not trusted",
    status: 502,
    proxyStatus: 'tls_certificate_error',
    side: 'upstream',
    meaning:
      'The proxy cannot trace the certificate of the server to an authority it trusts: self-signed, a private authority, or an incomplete chain.',
    remedies: [
      {
        do: 'Let the server send the whole chain: its own certificate first, the intermediate ones behind it.',
        when: 'if browsers accept the certificate',
        command: 'openssl s_client -connect HOST:PORT -servername NAME -showcerts </dev/null',
      },
      {
        do: 'Give the proxy the certificate of the private authority.',
        when: 'if it is self-signed or from an authority of your own',
        command:
          'nginx: proxy_ssl_trusted_certificate ca.pem; · Apache: SSLProxyCACertificateFile ca.pem · HAProxy: server … ca-file ca.pem · Caddy: tls_trust_pool file ca.pem · Node: NODE_EXTRA_CA_CERTS=ca.pem',
      },
      {
        do: 'Install the list of public authorities on the proxy.',
        when: 'if it trusts none at all',
        command: 'apt-get install ca-certificates',
      },
    ],
  },
  'tls-protocol-mismatch': {
    title: 'The two agree on no version or cipher of TLS',
    status: 502,
    proxyStatus: 'tls_protocol_error',
    side: 'upstream',
    meaning: 'The handshake failed because the proxy and the server have no version, cipher or protocol in common.',
    remedies: [
      {
        do: 'Allow TLS 1.2 and 1.3 on both sides.',
        when: '',
        command:
          'nginx: proxy_ssl_protocols TLSv1.2 TLSv1.3; · Apache: SSLProxyProtocol all -SSLv3 · HAProxy: server … ssl-min-ver TLSv1.2',
      },
      {
        do: 'See which versions the server takes.',
        when: 'if it is not yours',
        command:
          'for v in tls1 tls1_1 tls1_2 tls1_3; do openssl s_client -connect HOST:PORT -$v </dev/null >/dev/null 2>&1 && echo $v; done',
      },
      { do: 'Update the older of the two.', when: 'if it knows nothing newer than TLS 1.1' },
    ],
  },
  'tls-sni-required': {
    title: 'The server does not know the name it was asked for',
    status: 502,
    proxyStatus: 'tls_alert_received',
    side: 'upstream',
    meaning: 'The server ended the handshake because the proxy named no host (SNI), or one that the server does not know.',
    remedies: [
      {
        do: 'Let the proxy say the name of the host in the handshake.',
        when: '',
        command: 'nginx: proxy_ssl_server_name on; proxy_ssl_name NAME; · HAProxy: server … sni str(NAME) · Apache: ProxyPreserveHost On',
      },
      {
        do: 'Compare a handshake with the name and one without.',
        when: 'if it is not clear which name the server knows',
        command:
          'openssl s_client -connect HOST:PORT -servername NAME </dev/null; openssl s_client -connect HOST:PORT -noservername </dev/null',
      },
    ],
  },
  'tls-client-cert-required': {
    title: 'The server wants a certificate of the proxy',
    status: 502,
    proxyStatus: 'tls_alert_received',
    side: 'upstream',
    meaning: 'The server takes only clients that show a certificate, and the proxy showed none or one that was refused.',
    remedies: [
      {
        do: 'Give the proxy a certificate that the server accepts.',
        when: '',
        command:
          'nginx: proxy_ssl_certificate client.pem; proxy_ssl_certificate_key client.key; · Apache: SSLProxyMachineCertificateFile client.pem · HAProxy: server … crt client.pem · Caddy: tls_client_auth client.pem client.key',
      },
      { do: 'Renew that certificate.', when: 'if it has one that has expired' },
      { do: 'Let the server take the proxy without one.', when: 'if it is not meant to ask', command: 'nginx: ssl_verify_client off;' },
    ],
  },
  'tls-handshake-failed': {
    title: 'The TLS handshake broke off',
    status: 502,
    proxyStatus: 'tls_protocol_error',
    side: 'upstream',
    meaning: 'The connection stood, and the server closed it, reset it or fell silent in the middle of the TLS handshake.',
    remedies: [
      {
        do: 'Try the handshake by hand from the proxy.',
        when: '',
        command: 'openssl s_client -connect HOST:PORT -servername NAME </dev/null',
      },
      { do: 'Look for what else listens on that port.', when: 'if the same happens by hand', command: 'ss -ltnp' },
      { do: 'Give the server more room: handshakes cost much processor time.', when: 'if it happens under load only' },
      { do: 'Exempt the proxy from the firewall that inspects TLS.', when: 'if there is one on the way' },
    ],
  },
  'tls-to-plaintext-port': {
    title: 'The proxy speaks TLS and the server does not',
    status: 502,
    proxyStatus: 'tls_protocol_error',
    side: 'upstream',
    meaning: 'The proxy began a TLS handshake, and the server answered in plain text: that port does not speak TLS.',
    remedies: [
      { do: 'Address the server with http:// instead of https://.', when: '', command: 'curl -v http://HOST:PORT/' },
      { do: 'Correct the port.', when: 'if the server has another one for TLS' },
      {
        do: 'Switch TLS on at the server.',
        when: 'if it is meant to speak TLS on that port',
        command: 'nginx: listen PORT ssl; · Apache: SSLEngine on',
      },
    ],
  },
  'http2-goaway': {
    title: 'The server is closing its HTTP/2 connection',
    status: 502,
    proxyStatus: 'connection_terminated',
    side: 'upstream',
    meaning: 'The server said GOAWAY: it takes no more requests on this HTTP/2 connection, as it does before a restart or at a limit.',
    remedies: [
      { do: 'Let the proxy try such a request again on a new connection: the server has not begun it.', when: '' },
      { do: 'Let the old server finish what it has before it stops.', when: 'if it happens at deployments' },
      {
        do: 'Raise the number of requests a connection may carry.',
        when: 'if it happens at regular counts',
        command: 'nginx: keepalive_requests 10000;',
      },
    ],
  },
  'http2-stream-reset': {
    title: 'The server gave up the request on HTTP/2',
    status: 502,
    proxyStatus: 'connection_terminated',
    side: 'upstream',
    meaning: 'The server ended this one request with RST_STREAM, and the connection stayed open for the others.',
    remedies: [
      { do: "Read the server's log of that moment: the code of the reset says whose decision it was.", when: '' },
      {
        do: 'Allow more requests at a time on a connection.',
        when: 'if the code is 7 (REFUSED_STREAM) or 11 (ENHANCE_YOUR_CALM)',
        command: 'nginx: http2_max_concurrent_streams 256;',
      },
      { do: 'Look for an error in the app.', when: 'if the code is 2 (INTERNAL_ERROR)' },
    ],
  },
  'grpc-unavailable': {
    title: 'The gRPC service says that it is unavailable',
    status: 502,
    proxyStatus: 'http_protocol_error',
    side: 'app',
    meaning: 'The answer is HTTP 200, and its trailers say that the call failed: UNAVAILABLE, DEADLINE_EXCEEDED or RESOURCE_EXHAUSTED.',
    remedies: [
      { do: "Read the service's log of that moment.", when: '' },
      { do: 'Give the call more time, or make it faster.', when: 'if the status is 4 (DEADLINE_EXCEEDED)' },
      { do: 'Send fewer pings, or allow more.', when: 'if the service closes connections for too_many_pings' },
    ],
  },
} as const satisfies Record<string, Cause>
