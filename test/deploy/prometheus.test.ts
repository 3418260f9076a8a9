import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import type { ServerProcess } from '@candlewatch/adapters/processes/server-process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makePlace } from '../replay.ts'
import { startTestServer } from '../server.ts'
import { dashboards, deploy, textOf } from './deploy.ts'
import { findPrometheus } from './prometheus.ts'
import { addKey, keepPosting, startPrometheus } from './scrape.ts'

const programs = findPrometheus()
const panels = dashboards().flatMap(({ title, panels }) =>
  panels.flatMap(panel => panel.targets.map(({ expr }) => [`${title}: ${panel.title}`, expr] as const)),
)

describe.skipIf(programs === null)('promtool', () => {
  const promtool = (...args: string[]) =>
    execFileSync(programs!.promtool, args, { cwd: deploy, encoding: 'utf8', stdio: 'pipe' })

  it('finds nothing wrong with the configuration and the rules', () => {
    promtool('check', 'config', '--syntax-only', 'prometheus/prometheus.yml')
    promtool('check', 'rules', 'prometheus/rules/candlewatch.yml')
  })

  it('gets every alert when it should, and not before', () => {
    promtool('test', 'rules', 'prometheus/tests/candlewatch.yml')
  })

  it('every alert has such a test', () => {
    const tests = textOf('deploy/prometheus/tests/candlewatch.yml')
    for (const alert of alerts()) expect(tests).toMatch(new RegExp(`alertname: ${alert}\\n\\s+exp_alerts:\\n`))
  })
})

describe.skipIf(programs === null)('a Prometheus that scrapes a running server', () => {
  const closing: (() => Promise<unknown> | unknown)[] = []
  afterAll(async () => {
    for (const close of closing.reverse()) await close()
  })
  let server: ServerProcess
  let prometheus: string
  let key: string

  beforeAll(async () => {
    const place = await makePlace()
    closing.push(place.remove)
    // As in a container: nobody is let in without a key, Prometheus neither.
    const env = {
      REQUIRE_KEYS: 'true',
      RETENTION_DAYS: '36500',
      DATA_DIR: join(place.folder, 'postgres'),
      DATABASE_URL: '',
    }
    const keyOf = (scope: string) => addKey(env, scope)
    key = keyOf('ingest')
    const readKey = keyOf('read')
    server = await startTestServer(place.folder, env)
    closing.push(server.stop)
    const started = await startPrometheus(programs!.prometheus, place.folder, server.url, readKey)
    closing.push(started.stop)
    prometheus = started.url
    closing.push(keepPosting(server.url, key))
  })

  it('is admitted with its key, and not without', async () => {
    expect((await fetch(`${server.url}/metrics`)).status).toBe(401)
    await expect.poll(() => query('up{job="candlewatch"}')).toEqual([1])
  })

  it.each(panels)('%s has data', async (_title, expr) => {
    const asked = expr
      .replaceAll('$__rate_interval', '10s')
      .replaceAll('$__range', '1m')
      .replaceAll(/\$(market|interval)/g, '.+')
    expect(asked).not.toContain('$')
    // NaN is what a ratio of nothing gives: a panel that is empty.
    await expect
      .poll(async () => (await query(asked)).filter(Number.isFinite).length, { interval: 200 })
      .toBeGreaterThan(0)
  })

  it.each(dashboards().flatMap(({ templating }) => templating.list.map(one => [one.name, one.definition] as const)))(
    'the variable %s has values to choose from',
    async (name, definition) => {
      const [, metric, label] = /^label_values\((\w+), (\w+)\)$/.exec(definition)!
      expect(label).toBe(name)
      const values = async () => (await ask<string[]>(`label/${label}/values?match[]=${metric}`)).data
      await expect.poll(values).not.toEqual([])
    },
  )

  it('evaluates every rule, and none of them fires for a healthy server', async () => {
    interface Rule {
      readonly name: string
      readonly health: string
      readonly state: string
    }
    const rules = async () => (await ask<{ groups: { rules: Rule[] }[] }>('rules')).data.groups.flatMap(it => it.rules)
    await expect.poll(async () => (await rules()).map(rule => rule.health)).toEqual(alerts().map(() => 'ok'))
    expect((await rules()).filter(rule => rule.state === 'firing')).toEqual([])
  })

  it('the rules use metrics that exist', async () => {
    const text = await metricsText()
    const asked = textOf('deploy/prometheus/rules/candlewatch.yml').match(/(candlewatch|nodejs)_\w+/g)!
    for (const name of asked) expect(text).toContain(`\n${name}`)
  })

  it('promtool finds nothing wrong with /metrics', async () => {
    const input = (await metricsText())
      .split('\n')
      // Only our names are checked, not those of the library.
      .filter(line => !/nodejs_|process_/.test(line))
      .join('\n')
    execFileSync(programs!.promtool, ['check', 'metrics'], { input, stdio: 'pipe' })
  })

  it('the log names who was refused, and never the key', async () => {
    await expect.poll(() => server.log()).toContain('"caller":"ingest"')
    expect(server.log()).not.toContain(key.slice(-20))
  })

  it('docs/operation.md lists every own metric with its labels', async () => {
    const found = new Map<string, string>()
    for (const line of (await metricsText()).split('\n')) {
      const [, name, labels = ''] = /^(candlewatch_\w+?)(?:_bucket|_sum|_count)?(?:{(.*)})? \S+$/.exec(line) ?? []
      if (name === undefined) continue
      const names = [...labels.matchAll(/(\w+)="/g)].map(([, label]) => label!).filter(label => label !== 'le')
      if (!found.has(name)) found.set(name, names.join(', '))
    }
    const table = [...textOf('docs/operation.md').matchAll(/^\| `(candlewatch_\w+)` \| ([\w, ]*?) ?\|/gm)]
    const listed = Object.fromEntries(table.map(([, name, labels]) => [name, labels]))
    expect(listed).toEqual(Object.fromEntries(found))
  })

  async function metricsText(): Promise<string> {
    const response = await fetch(`${server.url}/metrics`, { headers: { authorization: `Bearer ${key}` } })
    return response.text()
  }

  async function ask<T>(path: string): Promise<{ data: T }> {
    const response = await fetch(`${prometheus}/api/v1/${path}`)
    const answer = (await response.json()) as { status: string; error?: string; data: T }
    expect(answer.error).toBeUndefined()
    return answer
  }

  async function query(expr: string): Promise<number[]> {
    const { data } = await ask<{ result: { value: [number, string] }[] }>(`query?query=${encodeURIComponent(expr)}`)
    return data.result.map(({ value }) => Number(value[1]))
  }
})

function alerts(): string[] {
  return [...textOf('deploy/prometheus/rules/candlewatch.yml').matchAll(/- alert: (\w+)/g)].map(([, name]) => name!)
}
