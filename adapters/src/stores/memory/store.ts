import { CandlewatchError } from '@candlewatch/core/errors'
import { formatInterval, readInterval } from '@candlewatch/core/interval'
import { openOf, type Stream } from '@candlewatch/core/time'
import type { Bar, Episode, Label, Market, Ms, Replay, Series, Step, Verdict } from '@candlewatch/core/types'
import { isAlarm } from '@candlewatch/core/verdict'
import type { Range } from '../bars.ts'
import type { Snapshot } from '../commits.ts'
import { checkBars, checkSteps } from '../commits.ts'
import type { StoredRow } from '../history.ts'
import type { Store } from '../store.ts'
import type { SequencedVerdict } from '../verdicts.ts'
import { memoryBudgets } from './budgets.ts'
import { candlesOf } from './candles.ts'
import { memoryCorrections } from './corrections.ts'
import { coverageOf } from './coverage.ts'
import { memoryImports } from './imports.ts'
import { memoryJobs } from './jobs.ts'
import { memoryKeys } from './keys.ts'
import { memoryModels } from './models.ts'
import { memoryNotices } from './notices.ts'
import { memoryOwners } from './owners.ts'
import { memorySettings } from './settings.ts'
import { memoryTold } from './told.ts'

/** Makes a store for tests, which lasts as long as the process. Like a database it keeps copies. */
export function memoryStore(): Store {
  const history = new Map<string, Map<Ms, Bar>>()
  const streams = new Map<string, Map<Ms, Bar>>()
  /** The streams that were judged. */
  const inUse = new Map<string, { readonly isArchived: boolean }>()
  const verdicts = new Map<string, SequencedVerdict>()
  const snapshots = new Map<string, Snapshot>()
  const replays = new Map<string, Replay>()
  const real = new Set<string>()
  const held = new Map<string, Bar>()
  const labels = new Map<string, Label>()
  const episodes = new Map<string, Episode>()
  const { forget: forgetScores, ...budgets } = memoryBudgets()
  const { forgetSettings, ...settings } = memorySettings()
  const written: { seq: number; verdict: Verdict; bar: Bar }[] = []
  let lastSeq = 0

  function barsOf(stream: Stream): readonly Bar[] {
    return inOrder(streams.get(keyOf(stream)))
  }

  function verdictsOf(stream: Stream): readonly SequencedVerdict[] {
    return [...verdicts.values()]
      .filter(({ verdict }) => isOf(stream, verdict))
      .sort((a, b) => a.verdict.ts - b.verdict.ts || a.seq - b.seq)
  }

  function verdictsAfter(stream: Stream, seq: number, limit: number): readonly SequencedVerdict[] {
    const later = verdictsOf(stream).filter(kept => kept.seq > seq)
    return copy(later.sort((a, b) => a.seq - b.seq).slice(0, limit))
  }

  function addBars(stream: Stream, bars: readonly Bar[]): void {
    if (bars.length === 0) return
    const kept = entry(streams, keyOf(stream))
    for (const bar of bars) if (!kept.has(bar.ts)) kept.set(bar.ts, copy(bar))
  }

  function keepEpisode(episode: Episode): void {
    episodes.set(`${episode.market} ${episode.interval} ${episode.start}`, copy(episode))
  }

  function addVerdict({ verdict, bar, episodes: events }: Step): number {
    for (const { episode } of events) keepEpisode(episode)
    const added = { seq: ++lastSeq, verdict: copy(verdict), episodes: copy(events) }
    verdicts.set(verdict.id, added)
    written.push({ ...added, bar: copy(bar) })
    return added.seq
  }

  function keepNewest(snapshot: Snapshot): void {
    const key = `${keyOf(snapshot)} ${snapshot.model}`
    const kept = snapshots.get(key)
    if (!kept || kept.ts <= snapshot.ts) snapshots.set(key, { ...snapshot, state: snapshot.state.slice() })
  }

  function addSteps(steps: readonly Step[], snapshot: Snapshot | null): readonly number[] {
    if (snapshot) keepNewest(snapshot)
    return steps.map(addVerdict)
  }

  const { forget: forgetCorrections, ...corrections } = memoryCorrections({
    barsOf: stream => entry(streams, keyOf(stream)),
    log: () => written,
    saveKnownScores: known => budgets.saveKnownScores(known),
    addSteps,
    keepEpisode,
    withdraw(stream, from) {
      forgetScores(stream, from)
      for (const [key, kept] of snapshots) if (keyOf(kept) === keyOf(stream) && kept.ts >= from) snapshots.delete(key)
      const gone = verdictsOf(stream).filter(({ verdict }) => verdict.ts >= from)
      for (const { verdict } of gone) verdicts.delete(verdict.id)
      for (const [key, episode] of episodes) {
        if (isOf(stream, episode) && Date.parse(episode.start) + stream.intervalMs >= from) episodes.delete(key)
      }
      return gone.map(({ verdict }) => verdict)
    },
  })

  const { forgetTold, ...told } = memoryTold({
    verdictsOf: stream => verdictsOf(stream).toSorted((a, b) => a.seq - b.seq),
    episodes: () => [...episodes.values()],
    streams: () => [...streams.keys()].map(streamOf),
  })
  const { disown, isValid, ...owners } = memoryOwners(() => store)

  const store: Store = {
    ...memoryModels(),
    ...memoryJobs(),
    ...corrections,
    ...memoryKeys(),
    ...owners,
    ...memoryImports(isValid),
    ...memoryNotices(),
    ...budgets,
    ...settings,
    ...told,
    async appendHistory(series: Series) {
      checkBars(series, series.bars)
      const kept = entry(history, keyOf(series))
      for (const bar of series.bars) kept.set(bar.ts, copy(bar))
      return series.bars.length
    },
    async stored(stream, closes) {
      const [bars, imported] = [streams.get(keyOf(stream)), history.get(keyOf(stream))]
      const found = new Map<Ms, StoredRow>()
      for (const ts of closes) {
        const bar = bars?.get(ts) ?? imported?.get(ts)
        if (bar) found.set(ts, copy({ bar, observed: bars?.has(ts) ?? false }))
      }
      return found
    },
    async coverage(query) {
      const judged = verdictsOf(query).map(({ verdict }) => verdict)
      return coverageOf(query, barsOf(query), inOrder(history.get(keyOf(query))), judged)
    },
    async historyStreams() {
      return [...history]
        .filter(([, rows]) => rows.size > 0)
        .map(([key]) => streamOf(key))
        .sort(byName)
    },
    async appendWarmUp(stream, bars) {
      checkBars(stream, bars)
      disown(stream)
      addBars(stream, bars)
    },
    async commit(stream, steps, snapshot) {
      checkSteps(stream, steps)
      const bars = steps.map(step => step.bar)
      const known = entry(streams, keyOf(stream))
      if (bars.some(bar => known.has(bar.ts))) {
        throw new CandlewatchError('ERR_STEP_NOT_NEW', 'Expected new bars, found one that is stored already.')
      }
      addBars(stream, bars)
      return addSteps(steps, snapshot)
    },
    async snapshot(stream, model) {
      const kept = snapshots.get(`${keyOf(stream)} ${model}`)
      return kept ? { ...kept, state: kept.state.slice() } : null
    },
    async saveSnapshot(snapshot) {
      keepNewest(snapshot)
    },
    async *barsAfter(stream, ts) {
      for (const bar of barsOf(stream)) if (bar.ts > ts) yield copy(bar)
    },
    async bars(range) {
      return copy(newest(range, barsOf(range), bar => bar.ts))
    },
    async candles(range) {
      const judged = verdictsOf(range).map(({ verdict }) => verdict)
      return candlesOf(range, barsOf(range), judged)
    },
    async verdicts(range) {
      return copy(newest(range, verdictsOf(range), ({ verdict }) => verdict.ts))
    },
    async anomalies(range) {
      const alarms = verdictsOf(range).filter(({ verdict }) => verdict.isAnomaly)
      return copy(newest(range, alarms, ({ verdict }) => verdict.ts))
    },
    async faults(range) {
      const broken = verdictsOf(range).filter(({ verdict }) => verdict.status === 'feed-fault')
      return copy(newest(range, broken, ({ verdict }) => verdict.ts))
    },
    async episodes({ fromMs, toMs, limit, ...stream }) {
      const found = [...episodes.values()].filter(
        episode =>
          isOf(stream, episode) &&
          Date.parse(episode.end) >= (fromMs ?? -Infinity) &&
          Date.parse(episode.start) < (toMs ?? Infinity),
      )
      const inOrder = found.sort((a, b) => Date.parse(a.start) - Date.parse(b.start))
      return copy(limit > 0 ? inOrder.slice(-limit) : [])
    },
    async alarmAfter(stream, ts) {
      const later = verdictsOf(stream).find(({ verdict }) => verdict.ts > ts && isAlarm(verdict))
      return copy(later?.verdict ?? null)
    },
    async firstJudged(stream) {
      return verdictsOf(stream)[0]?.verdict.ts ?? null
    },
    async known(stream, closes) {
      const bars = streams.get(keyOf(stream))
      const judged = new Map(verdictsOf(stream).map(({ verdict }) => [verdict.ts, verdict]))
      const found = new Map<Ms, { bar: Bar; verdict: Verdict | null }>()
      for (const ts of closes) {
        const bar = bars?.get(ts)
        if (bar) found.set(ts, copy({ bar, verdict: judged.get(ts) ?? null }))
      }
      return found
    },
    settledAfter: async (stream, seq, limit) => verdictsAfter(stream, seq, limit),
    verdictsAfter: async (stream, seq, limit) => verdictsAfter(stream, seq, limit),
    async lastSeq(stream) {
      return Math.max(0, ...verdictsOf(stream).map(({ seq }) => seq))
    },
    async streams() {
      return [...streams.keys()].sort().map(key => {
        const stream = streamOf(key)
        const bars = barsOf(stream)
        const opens = bars.map(bar => openOf(bar, stream.intervalMs))
        return {
          ...stream,
          bars: bars.length,
          firstOpenMs: Math.min(...opens) as Ms,
          lastOpenMs: Math.max(...opens) as Ms,
        }
      })
    },
    async saveLabel(label) {
      labels.set(`${label.market} ${label.interval} ${label.date}`, copy(label))
    },
    async labels(range) {
      const openOf = ({ date }: Label) => Date.parse(date)
      const inRange = (label: Label) =>
        openOf(label) >= (range.fromMs ?? Number.NEGATIVE_INFINITY) &&
        openOf(label) < (range.toMs ?? Number.POSITIVE_INFINITY)
      const kept = [...labels.values()].filter(label => isOf(range, label) && inRange(label))
      return copy(kept.sort((a, b) => openOf(a) - openOf(b)).slice(-range.limit))
    },
    async changeReplay(replay, revision) {
      if (replays.get(replay.id)?.revision !== revision) return false
      replays.set(replay.id, copy(replay))
      return true
    },
    async saveReplay(replay) {
      replays.set(replay.id, copy(replay))
    },
    async replay(id) {
      return copy(replays.get(id) ?? null)
    },
    async replays(limit) {
      return copy([...replays.values()].reverse().slice(0, limit))
    },
    async markReal(stream) {
      real.add(keyOf(stream))
    },
    async isForReplays(stream) {
      if (real.has(keyOf(stream))) return false
      return [...replays.values()].some(replay => isOf(stream, replay)) || verdictsOf(stream).length === 0
    },
    async prepareReplay(stream, { startOver, warmUp }) {
      checkBars(stream, warmUp)
      if (!(await store.isForReplays(stream))) return false
      disown(stream)
      const given = [...labels]
      if (startOver) await store.forget(stream)
      for (const [key, label] of given) labels.set(key, label)
      addBars(stream, warmUp)
      return true
    },
    async forget(stream) {
      disown(stream)
      inUse.delete(keyOf(stream))
      held.delete(keyOf(stream))
      forgetScores(stream)
      forgetCorrections(stream)
      streams.delete(keyOf(stream))
      for (const [id, { verdict }] of verdicts) if (isOf(stream, verdict)) verdicts.delete(id)
      for (const [key, kept] of snapshots) if (keyOf(kept) === keyOf(stream)) snapshots.delete(key)
      for (const [key, label] of labels) if (isOf(stream, label)) labels.delete(key)
      for (const [key, episode] of episodes) if (isOf(stream, episode)) episodes.delete(key)
      for (const [id, replay] of replays) if (isOf(stream, replay)) replays.delete(id)
    },
    async held(stream) {
      return copy(held.get(keyOf(stream)) ?? null)
    },
    async hold(stream, bar) {
      checkBars(stream, [bar])
      held.set(keyOf(stream), copy(bar))
    },
    async release(stream) {
      held.delete(keyOf(stream))
    },
    async admit(stream, max) {
      const key = keyOf(stream)
      const known = inUse.get(key)
      if (known) return known.isArchived ? 'archived' : 'admitted'
      if (inUse.size >= max) return 'full'
      inUse.set(key, { isArchived: false })
      return 'admitted'
    },
    async archive(stream, at) {
      const key = keyOf(stream)
      if (!inUse.has(key) && !streams.has(key)) return false
      disown(stream)
      inUse.set(key, { isArchived: at !== null })
      return true
    },
    async archived() {
      return [...inUse].flatMap(([key, { isArchived }]) => (isArchived ? [streamOf(key)] : [])).sort(byName)
    },
    async deleteStream(stream) {
      await store.forget(stream)
      history.delete(keyOf(stream))
      real.delete(keyOf(stream))
      forgetSettings(stream)
      forgetTold(stream)
    },
    async ping() {},
    async close() {},
  }
  return store
}

const keyOf = ({ market, intervalMs }: Stream) => `${market} ${formatInterval(intervalMs)}`

function streamOf(key: string): Stream {
  const [market, interval] = key.split(' ') as [Market, string]
  return { market, intervalMs: readInterval(interval) }
}

const inOrder = (bars: ReadonlyMap<Ms, Bar> | undefined) => [...(bars?.values() ?? [])].sort((a, b) => a.ts - b.ts)

const byName = (a: Stream, b: Stream) => (keyOf(a) < keyOf(b) ? -1 : 1)

const isOf = (stream: Stream, of: { market: string; interval: string }) =>
  of.market === stream.market && of.interval === formatInterval(stream.intervalMs)

const copy = <T>(value: T): T => structuredClone(value)

function entry(maps: Map<string, Map<Ms, Bar>>, key: string): Map<Ms, Bar> {
  const kept = maps.get(key) ?? new Map<Ms, Bar>()
  maps.set(key, kept)
  return kept
}

function newest<T>(range: Range, rows: readonly T[], closeOf: (row: T) => number): readonly T[] {
  const openOf = (row: T) => closeOf(row) - range.intervalMs
  const inside = rows.filter(
    row => openOf(row) >= (range.fromMs ?? -Infinity) && openOf(row) < (range.toMs ?? Infinity),
  )
  return range.limit > 0 ? inside.slice(-range.limit) : []
}
