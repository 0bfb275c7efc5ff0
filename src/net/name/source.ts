/** Who can be asked for a name: name servers, or the machine with all that it knows. Each asking is anew; the resolver keeps what comes. */

/** Both families in the order to try. `ttlMs`: how long the answer may be kept. */
export type HostAnswer = { readonly addresses: readonly string[]; readonly ttlMs: number }

/** RFC 2782. Of lower `priority` first; `weight` is a share among equals. Its time to live is not to be had from Node. */
export type ServiceRecord = { readonly name: string; readonly port: number; readonly priority: number; readonly weight: number }

/** Where to connect to. `port` 0: the name does not say. Of lower `priority` first; `weight` is a share among equals. */
export type Place = {
  readonly address: string
  readonly port: number
  /** The host that has the address. */
  readonly host: string
  readonly priority: number
  readonly weight: number
}

/** An error, or an answer that is not empty. Called once, at once or later. */
export type AskDone<T> = (error: NodeJS.ErrnoException | null, answer: T | null) => void

export interface NameSource {
  /** Who is asked, for people. */
  readonly label: string
  askHost(host: string, done: AskDone<HostAnswer>): void
  askService(service: string, done: AskDone<readonly ServiceRecord[]>): void
  close(): void
}
