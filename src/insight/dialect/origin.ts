/** What servers and proxies call themselves, and how a need is met in each one's own words. The rows are in `*-origin.ts`. */

/** Something a server is to be told, in whatever words it takes. */
export type Need =
  | 'keep-idle' // keep idle connections longer
  | 'answer-time' // allow a request more time
  | 'body-size' // accept larger bodies
  | 'body-time' // allow a body more time
  | 'workers' // work on more requests at a time
  | 'queue' // let more connections wait
  | 'listen' // listen on every interface
  | 'plain-http' // expect neither TLS nor the PROXY protocol
  | 'websocket' // pass the switch of protocols on
  | 'memory' // take less memory
  | 'log' // say why it failed
  | 'behind' // reach what is behind it

export type Origin = {
  /** As people write it. */
  readonly name: string
  /** Does it stand in front of an app, as a rule? */
  readonly isProxy: boolean
  /** What it says in Server. */
  readonly server?: RegExp
  /** What it says in X-Powered-By. */
  readonly poweredBy?: RegExp
  /** What it says in Via or Proxy-Status. */
  readonly via?: RegExp
  /** Its process, as `ps` shows it. */
  readonly process?: RegExp
  /** Its unit of systemd, as distributions name it. */
  readonly service?: string
  /** How long it keeps an idle connection unless told otherwise, seconds. */
  readonly keepAliveS?: number
  /** After how long it ends a request by itself unless told otherwise, seconds. */
  readonly watchdogS?: number
  /** The largest body it takes unless told otherwise. */
  readonly bodyBytesMax?: number
  /** Settings or commands, ready to paste. */
  readonly settings: Readonly<Partial<Record<Need, string>>>
}
