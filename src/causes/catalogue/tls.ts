/** Causes met while a TLS connection to a server is set up: its certificate, its protocol, what it wants of the client. RFC 8446. */
import type { Cause } from '../cause.ts'

export const TLS_CAUSES = {
  'tls-cert-expired': {
    title: "The server's certificate is not valid now",
    status: 502,
    proxyStatus: 'tls_certificate_error',
    side: 'upstream',
    meaning: 'The time for which a certificate of the server holds is over, or has not begun, so that nobody who checks it will connect.',
    remedies: [
      { do: 'Renew the certificate.', when: '', command: 'certbot renew' },
      {
        do: 'Reload the server, which still uses the certificate that it read at its start.',
        when: 'if the file on disk has been renewed',
        command: 'openssl x509 -enddate -noout -in FILE; systemctl reload SERVICE',
      },
      { do: 'Replace the intermediate certificate by the current one.', when: 'if the evidence names one of those and not the first' },
      { do: 'Set the clock of the machine that checks.', when: 'if other machines find the certificate valid', command: 'timedatectl' },
      {
        do: 'See why the renewal fails, and be told before the next one is due.',
        when: 'if it should have renewed itself',
        command: 'systemctl list-timers; journalctl -u certbot',
      },
    ],
  },
  'tls-hostname-mismatch': {
    title: 'The certificate is for other names',
    status: 502,
    proxyStatus: 'tls_certificate_error',
    side: 'upstream',
    meaning: 'The server shows a certificate that does not name the host which was asked for.',
    remedies: [
      { do: 'Get a certificate that names this host too.', when: '', command: 'certbot --expand -d SITE -d www.SITE' },
      {
        do: "Add the name to the server's configuration of that site; it answered with the certificate of its default site.",
        when: 'if the certificate is that of another site on the same server',
        command: 'nginx: server_name SITE www.SITE;',
      },
      {
        do: 'Let the proxy in front send the name (SNI) and check against it.',
        when: 'if only a proxy in front meets it',
        command: 'nginx: proxy_ssl_server_name on; proxy_ssl_name SITE;',
      },
      { do: 'Point the record of the name at the right machine.', when: 'if the certificate belongs to somebody else', command: 'dig +short SITE' },
    ],
  },
  'tls-untrusted': {
    title: 'Nobody vouches for the certificate',
    status: 502,
    proxyStatus: 'tls_certificate_error',
    side: 'upstream',
    meaning: "The server's certificate leads to no authority that is trusted here: it is self-signed, from a private authority, or the chain has a gap.",
    remedies: [
      {
        do: 'Send the whole chain: the certificate, then the intermediate ones.',
        when: 'if the intermediate certificate is missing, which browsers often hide',
        command: 'nginx: ssl_certificate /etc/letsencrypt/live/SITE/fullchain.pem;',
      },
      { do: 'Replace the self-signed certificate by one of a public authority.', when: 'if visitors connect to it', command: 'certbot -d SITE' },
      {
        do: 'Let the proxy in front trust the authority of your own.',
        when: 'if it is a private one',
        command: 'nginx: proxy_ssl_trusted_certificate FILE; · HAProxy: ca-file FILE · Node: NODE_EXTRA_CA_CERTS=FILE',
      },
      { do: 'Update the list of authorities of the machine that checks.', when: 'if others trust it', command: 'apt-get install ca-certificates' },
    ],
  },
  'tls-protocol-mismatch': {
    title: 'No common version or cipher of TLS',
    status: 502,
    proxyStatus: 'tls_protocol_error',
    side: 'upstream',
    meaning: 'The two sides have no version of TLS or no cipher in common, so that the server ended the handshake.',
    remedies: [
      { do: 'Let the server speak TLS 1.2 and 1.3.', when: '', command: 'nginx: ssl_protocols TLSv1.2 TLSv1.3;' },
      { do: 'Update the server or its TLS library.', when: 'if it knows no version newer than 1.1' },
      {
        do: 'Give the server the ciphers that are common today.',
        when: 'if the versions agree',
        command: 'openssl s_client -connect HOST:PORT -tls1_2 </dev/null',
      },
    ],
  },
  'tls-sni-required': {
    title: 'The server wants to be told the name',
    status: 502,
    proxyStatus: 'tls_alert_received',
    side: 'upstream',
    meaning: 'The server ends the handshake unless it is told a host name that it knows (SNI), for it has several sites on one address.',
    remedies: [
      {
        do: 'Let the proxy in front send the name.',
        when: '',
        command: 'nginx: proxy_ssl_server_name on; proxy_ssl_name SITE; · HAProxy: server app HOST:PORT ssl sni str(SITE)',
      },
      { do: 'Give the server a default site with a certificate.', when: 'if clients without SNI have to be served' },
      { do: 'Add the name to the configuration of the server.', when: 'if it ends the handshake with the name, too' },
    ],
  },
  'tls-client-cert-required': {
    title: 'The server wants a certificate of the client',
    status: 502,
    proxyStatus: 'tls_alert_received',
    side: 'upstream',
    meaning: 'The server lets only those in who show a certificate of their own (mutual TLS), and none was shown, or one that it does not trust.',
    remedies: [
      {
        do: 'Give the proxy in front a certificate to show.',
        when: 'if only that proxy is meant to connect',
        command: 'nginx: proxy_ssl_certificate FILE; proxy_ssl_certificate_key KEY;',
      },
      { do: 'Let the server ask for none.', when: 'if the site is meant for everybody', command: 'nginx: ssl_verify_client off;' },
      { do: 'Renew the certificate that is shown.', when: 'if it worked before', command: 'openssl x509 -enddate -noout -in FILE' },
    ],
  },
  'tls-handshake-failed': {
    title: 'The server broke the TLS handshake off',
    status: 502,
    proxyStatus: 'tls_protocol_error',
    side: 'upstream',
    meaning: 'The connection was made, but the server closed it, or fell silent, before it was encrypted.',
    remedies: [
      { do: 'Look at the handshake from here, step by step.', when: '', command: 'openssl s_client -connect HOST:PORT -servername SITE </dev/null' },
      { do: 'Correct the port.', when: 'if what listens there does not speak TLS at all', command: 'ss -ltnp' },
      { do: 'Let the firewall or the inspecting proxy on the way pass TLS on.', when: 'if it works from another network' },
      { do: 'Give the server more room.', when: 'if it happens under load only: handshakes cost it the most' },
    ],
  },
  'tls-to-plaintext-port': {
    title: 'The server does not speak TLS on that port',
    status: 502,
    proxyStatus: 'tls_protocol_error',
    side: 'upstream',
    meaning: 'An encrypted connection (https) was begun, but the server answered in plain text: it expects http on that port.',
    remedies: [
      { do: 'Use http:// for that port, or the port that speaks TLS.', when: '', command: 'ss -ltnp' },
      { do: 'Switch TLS on for that port.', when: 'if it is meant to', command: 'nginx: listen 443 ssl;' },
      { do: 'Let the proxy in front speak plain http to it.', when: 'if the server is on the same machine', command: 'nginx: proxy_pass http://HOST:PORT;' },
    ],
  },
} as const satisfies Record<string, Cause>
