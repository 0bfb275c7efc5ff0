/** Which server a file configures: told by its name where that says it, else by what only that server's files have. */
import { COMMAND } from '../dialect/gunicorn/config.ts'
import type { ServerName } from '../dialect/setting-default.ts'

/** The beginning says enough. */
const LOOKED_AT = 256 * 1024

const NAMES: readonly (readonly [ServerName, RegExp])[] = [
  ['caddy', /(?:^|\/)(?:Caddyfile[^/]*|[^/]+\.caddyfile|[^/]+\.caddy)$/i],
  ['haproxy', /(?:^|\/)haproxy[^/]*\.(?:cfg|conf)$/i],
  ['gunicorn', /(?:^|\/)gunicorn[^/]*\.py$/i],
  ['gatewell', /(?:^|\/)gatewell[^/]*\.ya?ml$/i],
  ['nginx', /(?:^|\/)nginx[^/]*\.conf$|\/nginx\/(?:sites-(?:enabled|available)|conf\.d|snippets)\/[^/]+$/i],
  ['apache', /(?:^|\/)(?:apache2?|httpd)[^/]*\.conf$|\/(?:apache2|httpd)\/.*\.(?:conf|load)$|(?:^|\/)\.htaccess$/i],
  ['php-fpm', /(?:^|\/)php[^/]*-fpm[^/]*\.conf$|\/(?:fpm\/pool|php-fpm)\.d\/[^/]+\.conf$/i],
]

/** The first of which all patterns fit has the word. None looks beyond a line, so that long files cost no more than short ones. */
const MARKS: readonly (readonly [ServerName, ...RegExp[]])[] = [
  ['gatewell', /^routes:[ \t]*(?:$|[[{])/m, /^(?:upstreams|listen|apps):/m],
  ['php-fpm', /^[ \t]*pm(?:\.\w+)?[ \t]*=[ \t]*\w/m],
  ['php-fpm', /^\[[\w.-]+\][ \t]*$/m, /^[ \t]*listen[ \t]*=/m],
  ['haproxy', /^(?:frontend|backend|listen|defaults)\b[^{;\n]*$/m, /^[ \t]+(?:server|bind|default_backend|mode|timeout)[ \t][^{;\n]*$/m],
  ['apache', /^[ \t]*<(?:VirtualHost|IfModule|Directory|Location|Proxy|IfDefine|Files|RequireAll|Macro)\b/im],
  ['apache', /^[ \t]*(?:ProxyPass|LoadModule|ServerName|RewriteEngine|SetHandler|KeepAlive|MaxRequestWorkers)[ \t][^;\n]*$/im],
  ['nginx', /^[ \t]*(?:http|server|events|location[ \t][^{\n]+|upstream[ \t]+\S+|map[ \t][^{\n]+)[ \t]*\{[ \t]*(?:$|#|\w[^\n]*;)/m, /;/],
  [
    'nginx',
    /^[ \t]*(?:(?:proxy|fastcgi|uwsgi|grpc|ssl)_\w+|server_name|client_max_body_size|set_real_ip_from|resolver|listen)[ \t][^;{\n]*;/m,
  ],
  ['gunicorn', COMMAND],
  ['gunicorn', /^(?:bind|workers|worker_class|wsgi_app)[ \t]*=[ \t]*[\w"'([]/m],
  ['caddy', /^[ \t]*(?:reverse_proxy|file_server|php_fastcgi|respond|handle|encode|tls|root)\b[^;\n]*$/m],
]

/** Other things that have such lines in them, unless gunicorn is started there. */
const OTHERS = /\.(?:md|html?|m?js|tsx?|json|svg|css|php|txt|log|sh|sql|py)$/i

/** null: none that is known. */
export function recogniseFormat(path: string, text: string): ServerName | null {
  const beginning = text.slice(0, LOOKED_AT)
  const byName = NAMES.find(([, pattern]) => pattern.test(path))?.[0]
  if (byName !== undefined) return byName
  if (OTHERS.test(path)) return /\.sh$/i.test(path) && COMMAND.test(beginning) ? 'gunicorn' : null
  return MARKS.find(([, ...patterns]) => patterns.every((pattern) => pattern.test(beginning)))?.[0] ?? null
}

/** `# nginx/1.29.8` anywhere in a comment. */
export function readVersion(server: ServerName, text: string): string | null {
  const name = server === 'apache' ? '(?:apache|httpd)' : server
  return new RegExp(`^[ \\t]*[#;].*\\b${name}[/ ]v?(\\d+\\.\\d+(?:\\.\\d+)?)\\b`, 'im').exec(text.slice(0, LOOKED_AT))?.[1] ?? null
}
