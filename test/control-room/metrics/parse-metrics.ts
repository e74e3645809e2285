type Labels = Readonly<Record<string, string>>

interface Sample {
  readonly name: string
  readonly labels: Labels
  readonly value: number
}

/** What Prometheus would read of an answer. */
export interface Samples {
  /** Of all samples, each once, sorted. */
  readonly names: readonly string[]
  readonly all: readonly Sample[]
  /** The one sample with exactly these labels. */
  value(name: string, labels?: Labels): number | undefined
  /** Of all samples that have these labels among theirs. */
  sum(name: string, labels?: Labels): number
}

const SAMPLE = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/
const LABEL = /([a-z_]+)="((?:[^"\\]|\\.)*)"/g

/** Reads Prometheus' text format as strictly as Prometheus does; throws for a line that is none of it. */
export function parseMetrics(text: string): Samples {
  const all = text
    .split('\n')
    .filter((line) => line !== '' && !/^# (HELP|TYPE) /.test(line))
    .map(toSample)
  const named = (name: string) => all.filter((sample) => sample.name === name)
  const has = (labels: Labels) => (sample: Sample) =>
    Object.entries(labels).every(([label, value]) => sample.labels[label] === value)
  return {
    names: [...new Set(all.map(({ name }) => name))].sort(),
    all,
    value: (name, labels = {}) =>
      named(name).find((sample) => {
        return has(labels)(sample) && Object.keys(sample.labels).length === Object.keys(labels).length
      })?.value,
    sum: (name, labels = {}) =>
      named(name)
        .filter(has(labels))
        .reduce((sum, { value }) => sum + value, 0),
  }
}

function toSample(line: string): Sample {
  const [, name, labels = '', value] = SAMPLE.exec(line) ?? []
  if (name === undefined || value === undefined) throw new Error(`no sample: ${line}`)
  const number = value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value)
  if (Number.isNaN(number)) throw new Error(`no number: ${line}`)
  return {
    name,
    labels: Object.fromEntries([...labels.matchAll(LABEL)].map(([, key, text]) => [key, text])),
    value: number,
  }
}
