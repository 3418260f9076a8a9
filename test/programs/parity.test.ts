import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readArtifact } from '@candlewatch/adapters/models/model-files'
import { verdictAnswer } from '@candlewatch/api/values/sentences'
import { EpisodeTracker } from '@candlewatch/core/decide/episodes'
import { makePipeline } from '@candlewatch/core/engine/pipeline'
import { run } from '@candlewatch/core/engine/run'
import { syntheticYear } from '@candlewatch/core/eval/synthetic'
import { loadModel } from '@candlewatch/core/forecast/artifact'
import { startBackend } from '@candlewatch/core/forecast/backend'
import type { Bar, Market, Step, Verdict } from '@candlewatch/core/types'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makePlace, startReplay, writeCsv } from '../replay.ts'

const models = fileURLToPath(new URL('../../models', import.meta.url))
const market: Market = 'bitstamp:BTC-USD'
const warmUpBars = 300
const judgedBars = 700

describe('the engine gives the same verdicts over the rows directly and over HTTP', () => {
  const { series } = syntheticYear({ seed: 5 })
  const bars = series.bars.slice(0, warmUpBars + judgedBars).map(bar => ({ ...bar, market }))
  const firstOpen = new Date((bars[warmUpBars] as Bar).ts - series.intervalMs).toISOString()
  let place: Awaited<ReturnType<typeof makePlace>>
  let direct: string[]

  beforeAll(async () => {
    place = await makePlace()
    await writeCsv(join(place.folder, 'rows.csv'), bars, series.intervalMs)
    direct = await judgeDirectly()
  })
  afterAll(() => place.remove())

  async function judgeDirectly(): Promise<string[]> {
    await startBackend()
    const model = await loadModel(await readArtifact(models, 'btc-usd-1h'))
    const pipeline = makePipeline({ market, intervalMs: series.intervalMs, alarmsPerWeek: 1 }, model)
    for (const bar of bars.slice(0, warmUpBars)) pipeline.warmUp(bar)
    const verdicts: string[] = []
    const sink = {
      write: async (steps: readonly Step[]) =>
        void verdicts.push(...steps.map(step => JSON.stringify(verdictAnswer(step.verdict)))),
    }
    await run(bars.slice(warmUpBars), { pipeline, episodes: new EpisodeTracker() }, sink)
    return verdicts
  }

  async function judgedOverHttp(page: string): Promise<string[]> {
    const response = await fetch(`${page}/api/verdicts?market=${market}&limit=10000`)
    const { verdicts } = (await response.json()) as { verdicts: Verdict[] }
    return verdicts.map(verdict => JSON.stringify(verdict))
  }

  it('stopping half-way by Ctrl-C and starting again stores the same verdicts, byte for byte', async () => {
    const args = ['--csv', join(place.folder, 'rows.csv'), '--market', market]
    const first = startReplay(place.folder, [...args, '--from', firstOpen, '--every', '20ms'])
    const half = await first.page
    await expect.poll(async () => (await judgedOverHttp(half)).length).toBeGreaterThan(100)
    await first.interrupt()

    const second = startReplay(place.folder, [...args, '--from', firstOpen, '--every', '0'])
    const page = await second.page
    await expect.poll(second.output).toContain('Replay finished')
    const stored = await judgedOverHttp(page)
    await second.interrupt()

    expect(second.output()).toContain('Continuing after')
    expect(stored).toHaveLength(judgedBars)
    expect(stored).toEqual(direct)
    // A run that judged nothing, or flagged nothing, would prove little.
    expect(stored.filter(verdict => verdict.includes('"status":"anomaly"')).length).toBeGreaterThan(0)
  })

  it('the same rows again get the same answers, are stored once, and give a summary as JSON on the last line', async () => {
    const replay = startReplay(place.folder, [
      '--csv',
      join(place.folder, 'rows.csv'),
      '--market',
      market,
      '--from',
      firstOpen,
      '--every',
      '0',
      '--once',
    ])
    expect(await replay.ended).toBe(0)
    const summary = JSON.parse(replay.output().trimEnd().split('\n').at(-1) as string)
    const expected = direct.map(text => JSON.parse(text) as Verdict)
    const mae = expected.reduce((sum, verdict) => sum + (verdict.high?.absoluteError ?? 0), 0) / expected.length
    expect(summary).toMatchObject({ posted: judgedBars, answered: judgedBars, failed: 0, source: 'rows.csv' })
    expect(summary.anomalies).toBe(expected.filter(verdict => verdict.isAnomaly).length)
    expect(summary.maeHigh).toBeCloseTo(mae, 1)
  })
})
