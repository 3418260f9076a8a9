import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ServerProcess } from '@candlewatch/adapters/processes/server-process'
import { runParity } from '@candlewatch/lab/parity'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { makePlace } from '../replay.ts'
import { startTestServer } from '../server.ts'
import { parseScenario } from './parse.ts'
import { play } from './play.ts'

const folder = fileURLToPath(new URL('.', import.meta.url))
const names = readdirSync(folder)
  .filter(file => file.endsWith('.txt'))
  .map(file => file.replace('.txt', ''))
const scenarios = names.map(name => parseScenario(name, readFileSync(join(folder, `${name}.txt`), 'utf8')))

describe('scenarios with their own server, its PostgreSQL and the committed model', () => {
  let place: Awaited<ReturnType<typeof makePlace>>
  let server: ServerProcess
  const judged = new Map<string, number>()

  beforeAll(async () => {
    place = await makePlace()
    server = await startTestServer(place.folder)
  })
  afterAll(() => place?.remove())

  it.each(scenarios)('$title', async scenario => {
    judged.set(scenario.market, await play(server.url, scenario))
  })

  it('after all of them every verdict of every market, including withdrawn ones, follows from the stored bars', {
    timeout: 120_000,
  }, async () => {
    expect(server.log()).not.toContain('ERR_INTERNAL')
    await server.stop()
    const [lines, summary] = [[] as string[], join(place.folder, 'parity.json')]
    vi.stubEnv('DATABASE_URL', '').stubEnv('DATA_DIR', join(place.folder, 'postgres'))
    const code = await runParity(['--json', summary], {
      isTTY: false,
      line: text => lines.push(text),
      error: text => lines.push(text),
    })
    expect(code, lines.join('\n')).toBe(0)
    const { compared, ...rest } = JSON.parse(readFileSync(summary, 'utf8'))
    expect(compared).toBeGreaterThanOrEqual([...judged.values()].reduce((a, b) => a + b, 0))
    expect(rest).toMatchObject({ notCompared: 0, differences: 0, chain: expect.stringMatching(/^[0-9a-f]{64}$/) })
    for (const [market, count] of judged) {
      if (count === 0) continue
      const line = lines.find(text => text.startsWith(`${market} 1h: `))
      expect(line, market).toContain(`: ${count.toLocaleString('en')} verdicts judged again, all as stored.`)
    }
  })
})

it('docs/troubles.md and test/scenarios describe the same troubles', () => {
  const page = readFileSync(new URL('../../docs/troubles.md', import.meta.url), 'utf8')
  const linked = [...page.matchAll(/\(\.\.\/test\/scenarios\/([\w-]+)\.txt\)/g)].map(([, name]) => name)
  expect([...new Set(linked)].sort()).toEqual(names.sort())
})

it('docs/troubles.md names every code that its scenarios expect', () => {
  const page = readFileSync(new URL('../../docs/troubles.md', import.meta.url), 'utf8')
  for (const { market, steps } of scenarios) {
    const name = market.replace('scenario:', '')
    const line = page.split('\n').find(text => text.includes(`/${name}.txt`))
    const expected = steps.flatMap(step => (step.kind === 'ask' && step.code !== null ? [step.code] : []))
    for (const code of expected) expect(line, name).toContain(`\`${code}\``)
  }
})
