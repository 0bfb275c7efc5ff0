/** What one line of a log says, in the same words for every server. Only what the line says: nothing here is concluded. */

/** Whose log it is: its words are those of one server. `system` is the kernel, `plain` an access log that several servers write. */
export type LogDialect =
  | 'nginx'
  | 'apache'
  | 'haproxy'
  | 'caddy'
  | 'envoy'
  | 'traefik'
  | 'php-fpm'
  | 'gunicorn'
  | 'uvicorn'
  | 'uwsgi'
  | 'node'
  | 'tomcat'
  | 'lighttpd'
  | 'squid'
  | 'trafficserver'
  | 'iis'
  | 'varnish'
  | 'alb'
  | 'gclb'
  | 'cloudflare'
  | 'azure-front-door'
  | 'fastly'
  | 'vercel'
  | 'heroku'
  | 'gatewell'
  | 'system'
  | 'plain'

export type LogEntry = {
  readonly dialect: LogDialect
  /** `access`: a line for each request, when it has ended. `error`: what the server had to say, about a request or about itself. */
  readonly kind: 'access' | 'error'
  /** When it was over, epoch milliseconds, to the precision of the log. Where `isLocal`: as if its wall clock showed UTC. */
  readonly timeMs: number
  /** The line names no time zone. */
  readonly isLocal?: boolean | undefined
  /** What the client got; 0 where the log says that it got none (`-`, `-1`, `000`). */
  readonly status?: number | undefined
  /** What each server behind said, in the order of the attempts; 0 where it never answered (`-`). Absent: the log does not tell. */
  readonly upstreamStatuses?: readonly number[] | undefined
  /** Of the body as it was sent. */
  readonly bodyBytes?: number | undefined
  /** Of the answer's body or head as it came from behind, summed over the attempts; 0 for `-`. */
  readonly upstreamBytes?: number | undefined
  readonly requestMs?: number | undefined
  /** Each attempt: until connected, until the head of the answer, until its end. -1 for what never came about (`-`). */
  readonly connectMs?: readonly number[] | undefined
  readonly headerMs?: readonly number[] | undefined
  readonly upstreamMs?: readonly number[] | undefined
  /** Who was asked, as the log writes it: `10.0.0.1:3000`, `unix:/run/app.sock`; the last one where there were several. */
  readonly upstream?: string | undefined
  /** Its group: nginx's upstream, HAProxy's backend, Envoy's cluster, a target group. */
  readonly pool?: string | undefined
  /** How often it was tried again. */
  readonly retries?: number | undefined
  /** The part of the server that was entered: HAProxy's frontend, an entry point. */
  readonly frontend?: string | undefined
  readonly host?: string | undefined
  readonly method?: string | undefined
  /** As the client sent it, with its query. */
  readonly target?: string | undefined
  readonly client?: string | undefined
  readonly agent?: string | undefined
  readonly requestId?: string | undefined
  /** How it ended in the server's own code: HAProxy's `SC--`, Envoy's `UF,URX`, ALB's error reason, Heroku's `H12`, `statusDetails`. */
  readonly flags?: string | undefined
  /** The reason beside the code: Envoy's response code details and transport failure reason, Heroku's desc. */
  readonly detail?: string | undefined
  /** Timers in the server's own order where their absence says something: HAProxy's TR, Tw, Tc, Tr, Ta; ALB's three in ms. -1: never. */
  readonly timersMs?: readonly number[] | undefined
  /** error: its text, with the lines that belong to it, without time, level and what has a field of its own here. */
  readonly message?: string | undefined
  /** In lower case: `error`, `crit`, `warn`, `notice`. */
  readonly level?: string | undefined
  /** The part that speaks: Apache's module, Caddy's logger, the FPM pool. */
  readonly module?: string | undefined
  readonly pid?: number | undefined
  /** nginx's `*123`. */
  readonly connection?: string | undefined
  /** Other fields of a line of JSON or logfmt that patterns ask for, by their path: `request.headers`, `err_trace`. */
  readonly more?: Readonly<Record<string, string>> | undefined
}
