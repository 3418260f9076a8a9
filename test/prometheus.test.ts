import { execFileSync, spawn } from 'node:child_process'
import { cp, mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { syntheticYear } from '@candlewatch/core/eval/synthetic'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { dashboards, deploy, root, textOf } from './deploy.ts'
import { findPrometheus } from './prometheus.ts'
import { makePlace } from './replay.ts'
import { type Server, startServer } from './server.ts'

const programs = findPrometheus()
const config = 'deploy/prometheus/prometheus.yml'
const panels = dashboards().flatMap(({ title, panels }) =>
  panels.flatMap(panel => panel.targets.map(({ expr }) => [`${title}: ${panel.title}`, expr] as const)),
)

describe.skipIf(programs === null)('promtool', { timeout: 30_000 }, () => {
  const promtool = (...args: string[]) =>
    execFileSync(programs!.promtool, args, { cwd: deploy, encoding: 'utf8', stdio: 'pipe' })

  it('finds nothing wrong with the configuration and the rules', () => {
    promtool('check', 'config', '--syntax-only', 'prometheus/prometheus.yml')
    promtool('check', 'rules', 'prometheus/rules/candlewatch.yml')
  })

  it('hears every alert when it should, and not before', () => {
    promtool('test', 'rules', 'prometheus/tests/candlewatch.yml')
  })

  it('every alert has such a test', () => {
    const tests = textOf('deploy/prometheus/tests/candlewatch.yml')
    for (const alert of alerts()) expect(tests).toMatch(new RegExp(`alertname: ${alert}\\n\\s+exp_alerts:\\n`))
  })
})

describe.skipIf(programs === null)('a Prometheus that scrapes a running server', { timeout: 60_000 }, () => {
  const closing: (() => Promise<unknown> | unknown)[] = []
  afterAll(async () => {
    for (const close of closing.reverse()) await close()
  })
  let server: Server
  let prometheus: string
  let key: string

  beforeAll(async () => {
    const place = await makePlace()
    closing.push(place.remove)
    // As in a container: nobody is let in without a key, Prometheus neither.
    const env = { REQUIRE_KEYS: 'true', DATA_DIR: join(place.folder, 'postgres'), DATABASE_URL: '' }
    const keyOf = (scope: string) => addKey(env, scope)
    key = keyOf('ingest')
    const readKey = keyOf('read')
    server = await startServer(place.folder, env)
    closing.push(server.terminate)
    prometheus = await startPrometheus(place.folder, server.url, readKey, closing)
    const stop = keepPosting(server.url, key)
    closing.push(stop)
  }, 40_000)

  it('is let in with its key, and not without', async () => {
    expect((await fetch(`${server.url}/metrics`)).status).toBe(401)
    await expect.poll(() => query('up{job="candlewatch"}'), { timeout: 10_000 }).toEqual([1])
  })

  it.each(panels)('%s: has something to show', async (_title, expr) => {
    const asked = expr
      .replaceAll('$__rate_interval', '10s')
      .replaceAll('$__range', '1m')
      .replaceAll(/\$(market|interval)/g, '.+')
    expect(asked).not.toContain('$')
    // NaN is what a ratio of nothing gives: a panel that is empty.
    await expect
      .poll(async () => (await query(asked)).filter(Number.isFinite).length, { timeout: 15_000, interval: 500 })
      .toBeGreaterThan(0)
  })

  it.each(dashboards().flatMap(({ templating }) => templating.list.map(one => [one.name, one.definition] as const)))(
    'the variable %s has values to choose from',
    async (name, definition) => {
      const [, metric, label] = /^label_values\((\w+), (\w+)\)$/.exec(definition)!
      expect(label).toBe(name)
      const { data } = await ask<string[]>(`label/${label}/values?match[]=${metric}`)
      expect(data).not.toEqual([])
    },
  )

  it('evaluates every rule, and none of them alarms about a server that is well', async () => {
    interface Rule {
      readonly name: string
      readonly health: string
      readonly state: string
    }
    const rules = async () => (await ask<{ groups: { rules: Rule[] }[] }>('rules')).data.groups.flatMap(it => it.rules)
    await expect
      .poll(async () => (await rules()).map(rule => rule.health), { timeout: 10_000 })
      .toEqual(alerts().map(() => 'ok'))
    expect((await rules()).filter(rule => rule.state === 'firing')).toEqual([])
  })

  it('the rules ask for metrics that there are', async () => {
    const text = await metricsText()
    const asked = textOf('deploy/prometheus/rules/candlewatch.yml').match(/(candlewatch|nodejs)_\w+/g)!
    for (const name of asked) expect(text).toContain(`\n${name}`)
  })

  it('promtool finds nothing wrong with /metrics', async () => {
    const input = (await metricsText())
      .split('\n')
      // Of the library's own names, not ours.
      .filter(line => !/nodejs_|process_/.test(line))
      .join('\n')
    execFileSync(programs!.promtool, ['check', 'metrics'], { input, stdio: 'pipe' })
  })

  it('docs/operation.md lists every metric of ours, its labels too', async () => {
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

function addKey(env: Record<string, string>, scope: string): string {
  const args = [join(root, 'server/dist/keys-main.js'), 'add', '--name', scope, '--scope', scope]
  const output = execFileSync(process.execPath, args, { env: { ...process.env, ...env }, encoding: 'utf8' })
  return /^cw_\w+/.exec(output)![0]
}

/** With the very files of deploy/, but for the addresses and how often it scrapes. */
async function startPrometheus(place: string, url: string, key: string, closing: (() => unknown)[]): Promise<string> {
  const folder = join(place, 'prometheus')
  const port = await freePort()
  await mkdir(join(folder, 'secrets'), { recursive: true })
  await writeFile(join(folder, 'secrets/candlewatch_key'), `${key}\n`)
  await cp(join(deploy, 'prometheus/rules'), join(folder, 'rules'), { recursive: true })
  const here = textOf(config)
    .replace('server:3000', new URL(url).host)
    .replace('localhost:9090', `127.0.0.1:${port}`)
    .replaceAll(': 15s', ': 1s')
  await writeFile(join(folder, 'prometheus.yml'), here)
  const child = spawn(
    programs!.prometheus,
    [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  )
  const ended = new Promise(resolve => child.once('close', resolve))
  closing.push(() => {
    child.kill('SIGTERM')
    return ended
  })
  const base = `http://127.0.0.1:${port}`
  const ready = async () => expect((await fetch(`${base}/-/ready`)).status).toBe(200)
  await vi.waitFor(ready, { timeout: 15_000, interval: 100 })
  return base
}

/** Rows as they come, some of them known and some broken, a listener, and calls that fail. Returns how to stop. */
function keepPosting(url: string, key: string): () => Promise<void> {
  const rows = syntheticYear({ seed: 5 }).series.bars.map(({ ts, open, high, low, close, volume }) => ({
    date: new Date(ts - 3_600_000).toISOString(),
    ...{ open, high, low, close, volume },
  }))
  const stopped = new AbortController()
  const authorization = `Bearer ${key}`
  const send = (path: string, body?: unknown) =>
    fetch(`${url}${path}`, {
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      headers: { authorization, 'content-type': 'application/json' },
    }).then(response => response.text())
  const listening = fetch(`${url}/api/stream`, { headers: { authorization }, signal: stopped.signal })
    .then(response => response.text())
    .catch(() => '')
  const posting = (async () => {
    for (let at = 0; !stopped.signal.aborted; at += 10) {
      await send('/predict_anomaly', rows.slice(at, at + 10))
      await send('/predict_anomaly', { ...rows[at], close: 1 })
      await send('/api/nothing')
      await new Promise(resolve => setTimeout(resolve, 100))
    }
  })()
  return async () => {
    stopped.abort()
    await Promise.all([posting, listening])
  }
}

function freePort(): Promise<number> {
  return new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}
