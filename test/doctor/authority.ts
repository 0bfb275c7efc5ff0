/** Certificates as sites have them, and as they should not: made by openssl in a folder of their own. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { program } from '../setup/program.ts'

export type Pair = { readonly cert: string; readonly key: string }

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']

export class Authority {
  readonly folder = mkdtempSync(join(tmpdir(), 'gatewell-doctor-'))
  readonly root: Pair
  readonly intermediate: Pair
  #count = 0

  constructor() {
    this.root = this.#make('Test Root', null, ['-addext', 'basicConstraints=critical,CA:TRUE'])
    this.intermediate = this.#make('Test Intermediate', this.root, ['-addext', 'basicConstraints=critical,CA:TRUE'])
  }

  /** Signed by the intermediate, whose certificate goes along with it, as is right. */
  site(name: string): Pair {
    const { cert, key } = this.bare(name)
    return { cert: `${cert}${this.intermediate.cert}`, key }
  }

  /** Signed by the intermediate, whose certificate does not go along. */
  bare(name: string): Pair {
    return this.#make(name, this.intermediate, ['-addext', 'basicConstraints=critical,CA:FALSE', '-addext', `subjectAltName=DNS:${name}`])
  }

  selfSigned(name: string): Pair {
    return this.#make(name, null, ['-addext', `subjectAltName=DNS:${name}`])
  }

  /** Over since yesterday. */
  expired(name: string): Pair {
    const [request, key, cert] = this.#files('csr', 'key', 'pem')
    const extension = this.#write('ext', `subjectAltName=DNS:${name}\n`)
    this.#openssl('req', ...KEY, '-keyout', key, '-out', request, '-subj', `/CN=${name}`)
    const signing = [
      '-CA',
      this.#write('pem', this.intermediate.cert),
      '-CAkey',
      this.#write('key', this.intermediate.key),
      '-extfile',
      extension,
    ]
    this.#openssl('x509', '-req', '-in', request, '-out', cert, '-days', '-1', ...signing)
    return { cert: `${readFileSync(cert, 'utf8')}${this.intermediate.cert}`, key: readFileSync(key, 'utf8') }
  }

  /** The path of a file with this in it, for programs that read files. */
  file(text: string): string {
    return this.#write('pem', text)
  }

  close(): void {
    rmSync(this.folder, { recursive: true })
  }

  #make(name: string, signer: Pair | null, more: readonly string[]): Pair {
    const [key, cert] = this.#files('key', 'pem')
    const signing = signer === null ? [] : ['-CA', this.#write('pem', signer.cert), '-CAkey', this.#write('key', signer.key)]
    this.#openssl('req', '-x509', ...KEY, '-keyout', key, '-out', cert, '-subj', `/CN=${name}`, '-days', '30', ...signing, ...more)
    return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') }
  }

  #openssl(...words: readonly string[]): void {
    execFileSync(program('openssl'), words, { stdio: ['ignore', 'ignore', 'pipe'], timeout: 10_000 })
  }

  #files<T extends readonly string[]>(...endings: T): { [K in keyof T]: string } {
    return endings.map((ending) => join(this.folder, `${++this.#count}.${ending}`)) as { [K in keyof T]: string }
  }

  #write(ending: string, text: string): string {
    const [path] = this.#files(ending)
    writeFileSync(path, text)
    return path
  }
}
