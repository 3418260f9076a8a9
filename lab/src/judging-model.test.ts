import { join } from 'node:path'
import { readArtifact } from '@candlewatch/adapters/models/model-files'
import { parseManifest } from '@candlewatch/core/forecast/artifact'
import type { Stream } from '@candlewatch/core/time'
import type { Market, Ms } from '@candlewatch/core/types'
import { describe, expect, it } from 'vitest'
import { placeFor } from './judging-model.ts'
import { madeUp, recorder, temporaryFolder, writeCsv } from './series/series.suite.ts'
import { runTrain } from './train.ts'

const stream = (market: Market): Stream => ({ market, intervalMs: 3_600_000 as Ms })
const other = stream('kraken:ETH-EUR')

/** A models folder with a model of one market and one of any. */
async function trained(): Promise<string> {
  const models = join(await temporaryFolder(), 'models')
  const csv = await writeCsv(await temporaryFolder(), madeUp(1_000))
  const small = '--units 4 --members 1 --lookback 6 --epochs 2 --batch-size 200 --distillation 0'.split(' ')
  for (const serves of ['market', 'any']) {
    const args = ['--csv', csv, '--models', models, ...small, '--serves', serves]
    expect(await runTrain(args, recorder().output, new AbortController().signal)).toBe(0)
  }
  return models
}

describe('placeFor', () => {
  it('gives a version folder, the newest of a name, or else what a server would choose', async () => {
    const models = await trained()
    const folder = join(models, 'btc-usd-1h', '2020-11-30-abc')
    expect(await placeFor({ models, model: folder }, other)).toEqual([models, 'btc-usd-1h', '2020-11-30-abc'])
    expect(await placeFor({ models, name: 'btc-usd-1h' }, other)).toEqual([models, 'btc-usd-1h'])
    expect(await placeFor({ models }, other)).toEqual([models, 'any-market'])
    const { market, metrics } = parseManifest((await readArtifact(models, 'btc-usd-1h')).manifestJson)
    // Trained for two epochs only, it may be worse than the naive forecast; then it is not used.
    const isBetter = metrics.high.mae + metrics.low.mae < metrics.high.baselineMae + metrics.low.baselineMae
    const own = await placeFor({ models }, stream(market as Market))
    expect(own).toEqual([models, isBetter ? 'btc-usd-1h' : 'any-market'])
  })

  it('gives the name of the shipped model where there is none', async () => {
    const models = await temporaryFolder()
    expect(await placeFor({ models }, other)).toEqual([models, 'btc-usd-1h'])
  })
})
