/** A strict reader of Prometheus' text format 0.0.4: whatever promtool or a scrape would refuse, it refuses. */

export type Sample = { readonly labels: Readonly<Record<string, string>>; readonly value: number }
export type Family = { readonly type: string; readonly help: string; readonly samples: Map<string, Sample[]> }

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/gy

export function readExposition(text: string): Map<string, Family> {
  if (!text.endsWith('\n')) throw new Error('the last line does not end')
  const families = new Map<string, Family>()
  let name = ''
  let help: string | null = null
  let family: Family | null = null
  for (const line of text.split('\n').slice(0, -1)) {
    if (line === '') continue
    const [, kind, of = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? []
    if (kind === 'HELP') {
      if (!NAME.test(of) || families.has(of)) throw new Error(`bad or repeated family: ${line}`)
      name = of
      help = rest
      family = null
    } else if (kind === 'TYPE') {
      if (of !== name || help === null || !/^(?:counter|gauge|histogram)$/.test(rest)) throw new Error(`bad type: ${line}`)
      family = { type: rest, help, samples: new Map() }
      families.set(name, family)
    } else if (family !== null) addSample(family, name, line)
    else throw new Error(`a sample without a type: ${line}`)
  }
  for (const [of, one] of families) checkFamily(of, one)
  return families
}

function addSample(family: Family, name: string, line: string): void {
  const match = SAMPLE.exec(line)
  if (match === null) throw new Error(`not a sample: ${line}`)
  const [, sample = '', labelText = '', valueText = ''] = match
  const suffixes = family.type === 'histogram' ? ['_bucket', '_count', '_sum'] : ['']
  if (!suffixes.some((suffix) => sample === name + suffix)) throw new Error(`does not belong to ${name}: ${line}`)
  const labels: Record<string, string> = {}
  let end = 0
  for (const [whole, key = '', value = ''] of labelText.matchAll(LABEL)) {
    if (key in labels) throw new Error(`twice the label ${key}: ${line}`)
    labels[key] = value
    end += whole.length
  }
  if (end !== labelText.length) throw new Error(`bad labels: ${line}`)
  const value = valueText === '+Inf' ? Number.POSITIVE_INFINITY : Number(valueText)
  if (Number.isNaN(value)) throw new Error(`not a number: ${line}`)
  const samples = family.samples.get(sample) ?? []
  const isRepeated = samples.some((other) => JSON.stringify(sorted(other.labels)) === JSON.stringify(sorted(labels)))
  if (isRepeated) throw new Error(`the same series twice: ${line}`)
  family.samples.set(sample, [...samples, { labels, value }])
}

function checkFamily(name: string, { type, samples }: Family): void {
  if (type === 'counter' && !name.endsWith('_total')) throw new Error(`a counter without _total: ${name}`)
  if (type !== 'histogram') return
  for (const { labels, value } of samples.get(`${name}_count`) ?? []) {
    const mine = (samples.get(`${name}_bucket`) ?? []).filter((bucket) => isSeries(bucket.labels, labels))
    const counts = mine.map((bucket) => bucket.value)
    if (counts.some((count, index) => index > 0 && count < (counts[index - 1] as number))) throw new Error(`${name} is not cumulative`)
    if (mine.at(-1)?.labels.le !== '+Inf' || counts.at(-1) !== value) throw new Error(`${name}: +Inf is not the count`)
  }
}

function isSeries(bucket: Sample['labels'], labels: Sample['labels']): boolean {
  const { le: _, ...rest } = bucket
  return JSON.stringify(sorted(rest)) === JSON.stringify(sorted(labels))
}

function sorted(labels: Sample['labels']): [string, string][] {
  return Object.entries(labels).toSorted(([one], [other]) => (one < other ? -1 : 1))
}
