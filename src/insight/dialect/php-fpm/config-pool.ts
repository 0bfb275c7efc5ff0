/** The pools of PHP-FPM: where each listens, how many children it may have, when it ends a request. */
import type { Directive } from '../directive.ts'
import { defaultOf, readSetting, readTarget, rowOf, type Service, type Setting } from '../hop.ts'
import { readBytes, readSeconds } from '../quantity.ts'

export type FpmPool = Service & {
  readonly server: 'php-fpm'
  readonly section: Directive
  readonly children: Setting | null
  /** What a child may take, if the pool says so; bytes. */
  readonly memoryLimit: Setting | null
  /** php.ini's max_execution_time, if the pool says so. */
  readonly scriptTime: Setting | null
}

export type FpmConfig = { readonly pools: readonly FpmPool[]; readonly global: Directive | null }

export function surveyPhpFpm(body: readonly Directive[]): FpmConfig {
  const sections = [...inlined(body)]
  return {
    pools: mergedPools(sections.filter(({ name, body: own }) => own !== null && name !== 'global')).map(poolOf),
    global: sections.find(({ name, body: own }) => own !== null && name === 'global') ?? null,
  }
}

function* inlined(body: readonly Directive[]): Generator<Directive> {
  for (const directive of body) {
    if (directive.name === 'include') yield* inlined(directive.body ?? [])
    else {
      yield directive
      if (directive.body !== null) yield* inlined(directive.body.filter(({ name }) => name === 'include'))
    }
  }
}

/** `[www]` in two files is one pool, of which the later lines win. */
function mergedPools(sections: readonly Directive[]): Directive[] {
  return [...Map.groupBy(sections, ({ name }) => name).values()].map((parts) => ({
    ...parts[0]!,
    body: parts.flatMap(({ body }) => body ?? []),
  }))
}

export function fpmLine({ section }: Pick<FpmPool, 'section'>, name: string): Directive | null {
  return section.body?.findLast((line) => line.name === name) ?? null
}

/** `php_admin_value[NAME]` wins over `php_value[NAME]`. */
function iniLine(section: Directive, name: string): Directive | null {
  return fpmLine({ section }, `php_admin_value[${name}]`) ?? fpmLine({ section }, `php_value[${name}]`)
}

function poolOf(section: Directive): FpmPool {
  const listen = fpmLine({ section }, 'listen')
  const word = listen?.words[0]
  const target = word === undefined ? null : readTarget(word.text.replaceAll('$pool', section.name), word.place, 9000)
  return {
    server: 'php-fpm',
    name: section.name,
    protocol: 'fastcgi',
    place: listen?.place ?? section.place,
    listens: target === null ? [] : [{ target, isTls: false, isProxyProtocol: false }],
    offer: null,
    work: workOf(section),
    body: iniSetting(section, ['post_max_size', 'upload_max_filesize'], readBytes, 'bytes'),
    hops: [],
    section,
    children: countOf(section),
    memoryLimit: iniSetting(section, ['memory_limit'], readBytes, 'bytes'),
    scriptTime: iniSetting(section, ['max_execution_time'], readSeconds, 's'),
  }
}

function workOf(section: Directive): Setting {
  const row = rowOf('php-fpm', 'work')
  const line = fpmLine({ section }, 'request_terminate_timeout')
  const read = line === null ? null : readSetting(row, line)
  if (read === null || read.value === 0) return defaultOf(row, line?.place ?? section.place)
  return read
}

function countOf(section: Directive): Setting | null {
  const line = fpmLine({ section }, 'pm.max_children')
  return line === null ? null : readSetting(rowOf('php-fpm', 'slots'), line)
}

/** The first of some values of php.ini that the pool sets. 0 and -1 are no limit. */
function iniSetting(
  section: Directive,
  names: readonly string[],
  read: (text: string) => number | null,
  unit: 'bytes' | 's',
): Setting | null {
  for (const name of names) {
    const line = iniLine(section, name)
    const text = line?.words[0]?.text ?? ''
    const value = text === '-1' || text === '0' ? Number.POSITIVE_INFINITY : read(text)
    if (line !== null && value !== null)
      return {
        name,
        value,
        unit,
        isDefault: false,
        place: line.place,
        write: `php_admin_value[${name}] = ${unit === 's' ? 'NUMBER' : 'VALUE'}`,
      }
  }
  return null
}
