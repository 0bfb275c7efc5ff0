/** How settings of nginx hold: in their block and those within, unless said again there. */
import { type Directive, groupByName } from '../directive.ts'

export class NginxScope {
  readonly directive: Directive | null
  readonly parent: NginxScope | null
  /** Includes are in their places. */
  readonly directives: readonly Directive[]
  #walked: NginxScope[] | undefined
  readonly #named: ReadonlyMap<string, readonly Directive[]>

  constructor(directive: Directive | null, parent: NginxScope | null, body: readonly Directive[]) {
    this.directive = directive
    this.parent = parent
    this.directives = [...inlined(body)]
    this.#named = groupByName(this.directives)
  }

  /** `server`, `location`, … or '' for a file. */
  get kind(): string {
    return this.directive?.name ?? ''
  }

  /** What holds here: the last one of the nearest block that has any. */
  find(name: string): Directive | null {
    return this.all(name).at(-1) ?? null
  }

  /** All of the nearest block that has any: one `proxy_set_header` hides all of those around it. */
  all(name: string): readonly Directive[] {
    return this.#named.get(name) ?? this.parent?.all(name) ?? []
  }

  own(name: string): Directive | null {
    return this.#named.get(name)?.at(-1) ?? null
  }

  /** The nearest block of a kind, this one included. */
  within(kind: string): NginxScope | null {
    return this.kind === kind ? this : (this.parent?.within(kind) ?? null)
  }

  /** Does this block or one within say `name word`? */
  mentions(name: string, word: RegExp): boolean {
    return this.walk().some((scope) => scope.#named.get(name)?.some(({ words }) => words.some(({ text }) => word.test(text))) === true)
  }

  /** This one and all within. */
  walk(): readonly NginxScope[] {
    this.#walked ??= this.#collect([])
    return this.#walked
  }

  #collect(scopes: NginxScope[]): NginxScope[] {
    scopes.push(this)
    for (const directive of this.directives) {
      if (directive.body !== null && !OPAQUE.has(directive.name)) new NginxScope(directive, this, directive.body).#collect(scopes)
    }
    return scopes
  }
}

/** What stands in these is data, not settings. */
const OPAQUE = new Set(['map', 'geo', 'types', 'split_clients', 'charset_map', 'match', 'stream', 'mail', 'rtmp'])

function* inlined(body: readonly Directive[]): Generator<Directive> {
  for (const directive of body) {
    if (directive.name === 'include' && directive.body !== null) yield* inlined(directive.body)
    else yield directive
  }
}
