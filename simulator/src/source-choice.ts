import { cachedYear, downloadYear } from '@candlewatch/adapters/sources/archive'
import { loadCsv } from '@candlewatch/adapters/sources/csv/series'
import { syntheticYear } from '@candlewatch/core/eval/synthetic'
import type { Market, Replay, Series } from '@candlewatch/core/types'
import type { Options } from './options.ts'

export interface Choice {
  readonly kind: Replay['source']['kind']
  readonly series: Series
}

/** Where rows can come from; a test hands in its own. */
export interface Sources {
  csv(file: string): Promise<Series>
  /** null when the year is not there whole. */
  cached(): Promise<Series | null>
  /** Rejects when the network does not allow it. */
  download(signal: AbortSignal): Promise<Series | null>
  synthetic(seed: number): Series
}

const year = 2021
const symbol = 'BTCUSDT'
const interval = '1h'
const downloadPatienceMs = 4_000
const defaultSeed = 1

/** What is replayed: the file asked for; the cached download; a fresh one if the network allows it soon; else the synthetic year. */
export async function chooseSource(
  options: Pick<Options, 'csv' | 'seed' | 'market'>,
  sources: Sources,
  say: (line: string) => void,
): Promise<Choice> {
  const { kind, series } = await choose(options, sources, say)
  return { kind, series: options.market === null ? series : renamed(series, options.market) }
}

async function choose(
  { csv, seed }: Pick<Options, 'csv' | 'seed'>,
  sources: Sources,
  say: (line: string) => void,
): Promise<Choice> {
  if (csv !== null) return { kind: 'csv', series: await sources.csv(csv) }
  if (seed !== null) return { kind: 'synthetic', series: sources.synthetic(seed) }
  const cached = await sources.cached()
  if (cached) return { kind: 'download', series: cached }
  try {
    const fresh = await sources.download(AbortSignal.timeout(downloadPatienceMs))
    if (fresh) return { kind: 'download', series: fresh }
  } catch {
    say(
      `The exchange's archive of ${year} could not be fetched within ${downloadPatienceMs / 1_000} s; "npm run data" tries for longer.`,
    )
  }
  say('What follows is SYNTHETIC: a made-up year, not a real market. --csv FILE replays real rows.')
  return { kind: 'synthetic', series: sources.synthetic(defaultSeed) }
}

/** The real ones; `directory` is where downloads are cached. */
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

function renamed(series: Series, market: Market): Series {
  return { ...series, market, bars: series.bars.map(bar => ({ ...bar, market })) }
}
