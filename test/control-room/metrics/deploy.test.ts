import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { COUNTED } from '../../../src/control-room/metrics/counters.js'
import { GAUGED } from '../../../src/control-room/metrics/gauges.js'
import { choruses } from '../../integration/chorus-fixture.js'
import { AT_ONCE, ask as askBot, outcomeOf } from '../../integration/questions.js'
import { ask, BEARER, environmentWith, rooms, TOKEN } from '../room-fixture.js'
import { parseMetrics } from './parse-metrics.js'

const start = choruses()
const open = rooms()

interface Rule {
  readonly alert: string
  readonly expr: string
  readonly for?: string
}
interface Panel {
  readonly title: string
  readonly targets: readonly { readonly expr: string }[]
}

const { groups } = parse(readFileSync('deploy/prometheus/chorus-alerts.yml', 'utf8')) as {
  groups: { rules: Rule[] }[]
}
const dashboard = JSON.parse(readFileSync('deploy/grafana/chorus.json', 'utf8')) as {
  readonly panels: readonly Panel[]
}
const rules = groups.flatMap((group) => group.rules)
const queries = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))
const exprs = [...rules.map(({ expr }) => expr), ...queries]

/** What an expression asks for: a metric, and the labels that it selects or sums by. */
function askedIn(expr: string): { readonly names: string[]; readonly labels: string[] } {
  const labels = [
    ...[...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/,\s*/)),
    ...[...expr.matchAll(/(\w+)=~?"/g)].map(([, label = '']) => label),
  ]
  return { names: expr.match(/\bchorus_\w+/g) ?? [], labels }
}

test('every metric that the alerts and the dashboard name is in /metrics', async () => {
  const world = await start({ ...AT_ONCE, bots: ['ava'], isStarted: false })
  const environment = environmentWith({ CHORUS_CONTROL_TOKEN: TOKEN })
  const { url } = await open({ chorus: world.chorus, environment })
  await Promise.all([world.record.until((told) => told.of('ready').length > 0), world.chorus.start()])
  // Some are there only once something was counted.
  await outcomeOf(world, askBot(world, { viewer: 'ann' }))
  const { text } = await ask(`${url}metrics`, { headers: BEARER })
  const declared = [...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name)
  const there = [...parseMetrics(text).names, ...declared]
  const asked = exprs.flatMap((expr) => askedIn(expr).names)
  expect(asked.length).toBeGreaterThan(25)
  expect(asked.filter((name) => !there.includes(name))).toEqual([])
})

test.each(exprs)('every label in it is one of its metrics’: %s', (expr) => {
  const { labels, names } = askedIn(expr)
  const rows = [...COUNTED, ...GAUGED].filter(({ name }) =>
    names.some((asked) => asked === name || asked === `${name}_bucket`),
  )
  // `instance` is Prometheus’ own, `le` that of every distribution.
  const known = ['instance', 'le', ...rows.flatMap((row) => row.labels)]
  expect(labels.filter((label) => !known.includes(label))).toEqual([])
  expect(names.length).toBeGreaterThan(0)
})

describe('an alert comes', () => {
  test.each([
    ['ChorusBacklog', 'chorus_backlog_replies > 20', '1m'],
    ['ChorusOldestWait', 'max by (instance, bot) (chorus_oldest_wait_seconds) > 300', undefined],
    ['ChorusDeadLetters', 'chorus_dead_letters > 0', undefined],
    ['ChorusBotParked', 'chorus_bot_state{state="parked"} == 1', undefined],
  ])('as it was asked for: %s', (alert, expr, pending) => {
    const rule = rules.find((each) => each.alert === alert)
    expect([rule?.expr, rule?.for]).toEqual([expr, pending])
  })
})
