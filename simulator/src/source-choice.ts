import { cachedYear, downloadYear } from '@candlewatch/adapters/sources/archive'
import { loadCsv } from '@candlewatch/adapters/sources/csv/series'
import { syntheticYear } from '@candlewatch/core/eval/synthetic'
import { secondMs } from '@candlewatch/core/time'
import type { Market, Replay, Series } from '@candlewatch/core/types'
import type { Options } from './options.ts'

/** The rows to replay. */
export interface Choice {
  readonly kind: Replay['source']['kind']
  readonly series: Series
}

/** Where rows can come from. Tests pass their own. */
export interface Sources {
  csv(file: string): Promise<Series>
  /** Resolves to null if the cached year is incomplete. */
  cached(): Promise<Series | null>
  /** Rejects if the network does not allow it. */
  download(signal: AbortSignal): Promise<Series | null>
  synthetic(seed: number): Series
}

const year = 2021
const symbol = 'BTCUSDT'
const interval = '1h'
const downloadPatienceMs = 4_000
const defaultSeed = 1

/** Chooses the rows to replay: the file asked for, the cached download, a new one if the network allows it within seconds, else a synthetic year. */
export async function chooseSource(
  options: Pick<Options, 'csv' | 'seed' | 'market'>,
  sources: Sources,
  print: (line: string) => void,
): Promise<Choice> {
  const { kind, series } = await choose(options, sources, print)
  return { kind, series: options.market === null ? series : renamed(series, options.market) }
}

async function choose(
  { csv, seed }: Pick<Options, 'csv' | 'seed'>,
  sources: Sources,
  print: (line: string) => void,
): Promise<Choice> {
  if (csv !== null) return { kind: 'csv', series: await sources.csv(csv) }
  if (seed !== null) return { kind: 'synthetic', series: sources.synthetic(seed) }
  const cached = await sources.cached()
  if (cached) return { kind: 'download', series: cached }
  try {
    const fresh = await sources.download(AbortSignal.timeout(downloadPatienceMs))
    if (fresh) return { kind: 'download', series: fresh }
  } catch {
    print(
      `The archive of ${year} could not be downloaded within ${downloadPatienceMs / secondMs} s. "npm run data" keeps trying for longer.`,
    )
  }
  print('Replaying a SYNTHETIC year, not a real market. --csv FILE replays real rows.')
  return { kind: 'synthetic', series: sources.synthetic(defaultSeed) }
}

/** Makes the real sources; `directory` is where downloads are cached. */
export function realSources(directory: string, stop: AbortSignal): Sources {
  const cached = () => cachedYear(directory, year, symbol, interval)
  return {
    csv: file => loadCsv(file),
    cached,
    async download(signal) {
      await downloadYear({ year, symbol, interval, directory, signal: AbortSignal.any([signal, stop]) })
      return cached()
    },
    synthetic: seed => syntheticYear({ seed }).series,
  }
}

/** The same rows as those of another market. */
export function renamed(series: Series, market: Market): Series {
  if (market === series.market) return series
  return { ...series, market, bars: series.bars.map(bar => ({ ...bar, market })) }
}
