import { execFileSync, spawn } from 'node:child_process'
import { cp, mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { syntheticYear } from '@candlewatch/core/eval/synthetic'
import { expect, vi } from 'vitest'
import { deploy, root, textOf } from './deploy.ts'

/** An API key's text, made as `npm run keys` does. */
export function addKey(env: Record<string, string>, scope: string): string {
  const args = [join(root, 'server/dist/keys-main.js'), 'add', '--name', scope, '--scope', scope]
  const output = execFileSync(process.execPath, args, { env: { ...process.env, ...env }, encoding: 'utf8' })
  return /^cw_\w+/.exec(output)![0]
}

/** With the very files of deploy/, but for the addresses and how often it scrapes. */
export async function startPrometheus(
  program: string,
  place: string,
  url: string,
  key: string,
): Promise<{ readonly url: string; stop(): Promise<unknown> }> {
  const folder = join(place, 'prometheus')
  const port = await freePort()
  await mkdir(join(folder, 'secrets'), { recursive: true })
  await writeFile(join(folder, 'secrets/candlewatch_key'), `${key}\n`)
  await cp(join(deploy, 'prometheus/rules'), join(folder, 'rules'), { recursive: true })
  const here = textOf('deploy/prometheus/prometheus.yml')
    .replace('server:3000', new URL(url).host)
    .replace('localhost:9090', `127.0.0.1:${port}`)
    .replaceAll(': 15s', ': 1s')
  await writeFile(join(folder, 'prometheus.yml'), here)
  const child = spawn(
    program,
    [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  )
  const ended = new Promise(resolve => child.once('close', resolve))
  const base = `http://127.0.0.1:${port}`
  const status = () =>
    fetch(`${base}/-/ready`).then(
      response => response.status,
      () => null,
    )
  // Called before the tests, where expect.poll can't be used.
  await vi.waitFor(async () => expect(await status()).toBe(200), { timeout: 100_000, interval: 50 })
  return {
    url: base,
    stop() {
      child.kill('SIGTERM')
      return ended
    },
  }
}

/** Rows as they come, some of them known and some broken, a listener, and calls that fail. Returns how to stop. */
export function keepPosting(url: string, key: string): () => Promise<void> {
  const rows = syntheticYear({ seed: 5 }).series.bars.map(({ ts, open, high, low, close, volume }) => ({
    date: new Date(ts - 3_600_000).toISOString(),
    open,
    high,
    low,
    close,
    volume,
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
