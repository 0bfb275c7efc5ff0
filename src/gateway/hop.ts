/** What the next hop is told about one client's connection: lines that hardly change from request to request, so they are kept. */
import { forwardingText, type Peer } from '../http/forwarding.ts'
import type { RequestHead } from '../http/message.ts'
import type { Site } from './site.ts'

export class Hop {
  readonly peer: Peer
  #sentHost: string | null = null
  #hostText = ''
  #text = ''
  #host = ''
  #minor = -1
  #site: Site | null = null

  constructor(peer: Peer) {
    this.peer = peer
  }

  /** All of a request's head from its version to the end of Host. */
  hostText(host: string): string {
    if (host !== this.#sentHost) {
      this.#sentHost = host
      this.#hostText = ` HTTP/1.1\r\nHost: ${host}\r\n`
    }
    return this.#hostText
  }

  /** Lines, and the empty one that ends the head. */
  text(request: RequestHead, site: Site, id: string): string {
    // What a trusted peer says is part of the lines and may be new each time.
    if (this.peer.isTrusted) return `${forwardingText(request, this.peer, site.pseudonym)}X-Request-Id: ${id}\r\n\r\n`
    if (request.host !== this.#host || request.minor !== this.#minor || site !== this.#site) {
      this.#host = request.host
      this.#minor = request.minor
      this.#site = site
      this.#text = `${forwardingText(request, this.peer, site.pseudonym)}X-Request-Id: `
    }
    return `${this.#text}${id}\r\n\r\n`
  }
}
