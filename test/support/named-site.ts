/** A site of several servers behind one name: each on an address of loopback of its own, all on the same port, counting what it gets. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { Socket } from 'node:net'

export class SiteServer {
  readonly host: string
  readonly port: number
  /** Requests so far. */
  served = 0
  readonly #server: Server
  readonly #tunnels = new Set<Socket>()

  private constructor(server: Server, host: string, workMs: number) {
    this.#server = server
    this.host = host
    this.port = (server.address() as { port: number }).port
    server.on('request', (_, response) => {
      this.served++
      setTimeout(() => response.end(host), workMs)
    })
    // Everything that is sent on a tunnel comes back with who sends it.
    server.on('upgrade', (_, socket: Socket) => {
      this.#tunnels.add(socket)
      socket.on('error', () => {})
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n')
      socket.on('data', (bytes) => socket.write(`${host} ${bytes}`))
      socket.on('end', () => socket.end())
    })
  }

  /** `port` 0: a free one, on which the others then listen at their addresses. */
  static async open(host: string, port = 0, workMs = 2): Promise<SiteServer> {
    const server = createServer({ keepAliveTimeout: 60_000 })
    server.listen(port, host)
    await once(server, 'listening')
    return new SiteServer(server, host, workMs)
  }

  get connections(): Promise<number> {
    return new Promise((resolve) => this.#server.getConnections((_, count) => resolve(count)))
  }

  /** As when the machine is switched off, only that its kernel still refuses. */
  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
    for (const tunnel of this.#tunnels) tunnel.destroy()
  }
}
