/** Causes that only a look from outside finds: the servers all do as they are told, and the visitor does not arrive. */
import type { Cause } from '../cause.ts'

export const FOREIGN_SITE_CAUSES = {
  'redirect-loop': {
    title: 'The redirects lead in a circle',
    status: 502,
    proxyStatus: 'http_protocol_error',
    side: 'app',
    meaning: 'Each answer sends the visitor on to another address, and one of them back to where he has been, so that he never arrives.',
    remedies: [
      {
        do: 'Pass on that the visitor came by https, and let the app trust that.',
        when: 'if http and https send to each other',
        command: 'nginx: proxy_set_header X-Forwarded-Proto $scheme;',
      },
      {
        do: 'Let the CDN speak https to the server.',
        when: 'if there is a CDN in front',
        command: 'Cloudflare: SSL/TLS, encryption mode: Full (strict)',
      },
      { do: 'Decide for one name, and redirect only to it.', when: 'if the name with www and the one without send to each other' },
      { do: 'Let the login page be seen without a login.', when: 'if the circle leads over it' },
    ],
  },
  'script-not-found': {
    title: 'The app server does not find the script',
    status: 404,
    proxyStatus: 'destination_not_found',
    side: 'app',
    meaning: 'The web server named a script that is not there for the app server, or that it may not read.',
    remedies: [
      {
        do: 'Name the script by its path as the app server sees it.',
        when: '',
        command: 'nginx: fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;',
      },
      {
        do: 'Bring the folder into the container of the app server, under the same path.',
        when: 'if web server and app server run in containers',
        command: 'docker exec CONTAINER ls -l PATH',
      },
      {
        do: 'Let the user of the app server read the file and enter its folders.',
        when: 'if it is there',
        command: 'sudo -u www-data namei -l PATH',
      },
    ],
  },
} as const satisfies Record<string, Cause>
