/** What one rehearsal puts up, and takes down again in the end. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Address } from '../../net/address.ts'
import { type NameAnswer, NameServer, type Question } from './name-server.ts'
import { Origin, type Script } from './origin.ts'
import { type Place, StuckListener } from './stuck-listener.ts'
import { REHEARSED_HOST, Visitor } from './visitor.ts'

type Closable = { close(): unknown }

export class Stage {
  readonly #open: Closable[] = []
  readonly #host: string
  #folder: string | null = null

  /** `host`: the site that visitors of this stage ask for. */
  constructor(host: string = REHEARSED_HOST) {
    this.#host = host
  }

  origin(script: Script): Promise<Origin> {
    return this.keep(Origin.open(script))
  }

  nameServer(answer: (question: Question) => NameAnswer): Promise<NameServer> {
    return this.keep(NameServer.open(answer))
  }

  stuckListener(where?: Place): Promise<StuckListener> {
    return this.keep(StuckListener.open(where))
  }

  visitor(gateway: { readonly address: Address }): Promise<Visitor> {
    return this.keep(Visitor.open(gateway.address, this.#host))
  }

  /** A path for a unix socket; nothing is there yet. */
  path(name: string): string {
    this.#folder ??= mkdtempSync(join(tmpdir(), 'gatewell-rehearsal-'))
    return join(this.#folder, name)
  }

  async keep<T extends Closable>(opening: Promise<T>): Promise<T> {
    const opened = await opening
    this.#open.push(opened)
    return opened
  }

  /** The last thing put up goes first. */
  async close(): Promise<void> {
    for (const one of this.#open.splice(0).reverse()) await one.close()
    if (this.#folder !== null) rmSync(this.#folder, { recursive: true })
    this.#folder = null
  }
}
