import { setImmediate } from 'node:timers/promises'
import type { ScoreStore } from '@candlewatch/adapters/stores/budgets'
import type { VerdictStore } from '@candlewatch/adapters/stores/verdicts'
import type { Rehearsal } from '@candlewatch/api/budget'
import { episodeAnswer } from '@candlewatch/api/values/sentences'
import { compare } from '@candlewatch/core/decide/comparison'
import { episodesOf } from '@candlewatch/core/decide/episodes'
import { type Beginning, BudgetReplay } from '@candlewatch/core/engine/budget-replay'
import type { Alarm } from '@candlewatch/core/episode'
import { formatInterval } from '@candlewatch/core/interval'
import { nth } from '@candlewatch/core/nth'
import type { Stream } from '@candlewatch/core/time'
import { openOf } from '@candlewatch/core/time'
import type { Episode, Ms, Verdict } from '@candlewatch/core/types'
import type { Budgets } from './budget.ts'

export interface RehearsalAsked extends Stream {
  /** Opens: `from` included, `to` excluded, null = as far as there is. */
  readonly fromMs: Ms | null
  readonly toMs: Ms | null
  readonly alarmsPerWeek: number
}

/** What was said in a range, and of the bars before it as many as any level depends on. */
interface Past {
  readonly before: readonly Verdict[]
  readonly said: readonly Verdict[]
  readonly beginnings: readonly Beginning[]
  readonly exactness: Rehearsal['exactness']
}

const weekMs = 7 * 86_400_000
// A year of hours, with room; a longer range is cut to its newest part, as everywhere.
const mostBars = 10_000
// A budget looks back on 3,000 scores; gaps and stuck bars have none.
const barsBefore = 3_500
const mostBeginnings = 1_000
const barsPerTurn = 500

/**
 * What another budget would have made of past verdicts, by their stored scores alone: no forecast is made again. The last
 * range that was asked about is kept, since a slider asks about it again and again.
 */
export function makeRehearsal(
  store: VerdictStore & ScoreStore,
  budgets: Budgets,
): (asked: RehearsalAsked) => Promise<Rehearsal> {
  let kept: { readonly key: string; readonly past: Promise<Past> } | null = null

  async function pastOf(asked: RehearsalAsked): Promise<Past> {
    const { market, intervalMs, fromMs, toMs } = asked
    const key = [market, intervalMs, fromMs, toMs, await store.lastSeq(), feedShare()].join(' ')
    if (kept?.key === key) return kept.past
    const past = readPast(store, asked, feedShare())
    kept = { key, past }
    // A failure is told to whoever asked, and not kept.
    past.catch(() => {
      kept = null
    })
    return past
  }

  const feedShare = () => budgets.current().feedShare

  return async asked => {
    const { market, intervalMs, alarmsPerWeek } = asked
    const past = await pastOf(asked)
    const { said, exactness } = past
    const alarms = await replayed(past, intervalMs, () => alarmsPerWeek * (1 - feedShare()))
    const [now, rehearsed] = [episodesOf(said), episodesOf(alarms)]
    const { more, fewer, both } = compare(now, rehearsed)
    const weeks = (said.length * intervalMs) / weekMs
    const counted = ({ length }: readonly Episode[]) => ({
      episodes: length,
      perWeek: weeks === 0 ? 0 : hundredths(length / weeks),
    })
    return {
      market,
      interval: formatInterval(intervalMs),
      alarmsPerWeek,
      promised: hundredths(alarmsPerWeek * weeks),
      from: said[0]?.date ?? null,
      to: said.at(-1)?.date ?? null,
      bars: said.length,
      now: counted(now),
      rehearsed: counted(rehearsed),
      appearing: more.map(episodeAnswer),
      vanishing: fewer.map(episodeAnswer),
      staying: both,
      exactness,
    }
  }
}

async function readPast(store: VerdictStore & ScoreStore, asked: RehearsalAsked, feedShare: number): Promise<Past> {
  const { market, intervalMs, fromMs, toMs } = asked
  const stream = { market, intervalMs }
  const plain = (rows: Awaited<ReturnType<VerdictStore['verdicts']>>) => rows.map(row => row.verdict)
  const said = plain(await store.verdicts({ ...stream, fromMs, toMs, limit: mostBars }))
  const [first, last] = [said[0], said.at(-1)]
  const until = { fromMs: null, toMs: first ? openOf(first, intervalMs) : null, limit: first ? barsBefore : 0 }
  const before = plain(await store.verdicts({ ...stream, ...until }))
  const beginnings = last ? await store.knownScores(stream, last.ts, mostBeginnings) : []
  const past = { before, said, beginnings }
  const again = await replayed(past, intervalMs, ({ alarmsPerWeek }) => (alarmsPerWeek ?? 0) * (1 - feedShare))
  return { ...past, exactness: exactnessOf(said, again) }
}

/** Of the range alone. */
async function replayed(
  { before, said, beginnings }: Omit<Past, 'exactness'>,
  intervalMs: Ms,
  budgetOf: (verdict: Verdict) => number,
): Promise<Alarm[]> {
  const replay = new BudgetReplay(beginnings, intervalMs)
  const alarms: Alarm[] = []
  for (const [i, verdict] of [...before, ...said].entries()) {
    alarms.push(replay.step(verdict, budgetOf(verdict)))
    // A large budget takes seconds over a year: others come in between.
    if (i % barsPerTurn === 0) await setImmediate()
  }
  return alarms.slice(before.length)
}

function exactnessOf(said: readonly Verdict[], again: readonly Alarm[]): Rehearsal['exactness'] {
  const differing = said.filter(({ isAnomaly }, i) => isAnomaly !== nth(again, i).isAnomaly).length
  const because =
    differing === 0
      ? 'With the budgets that were in force, every bar comes out as it was stored.'
      : `With the budgets that were in force, ${differing} of ${said.length} bars come out otherwise than stored: what their engine knew before, or the share of its feed lane, is not known any more.`
  return { bars: said.length, differing, because }
}

const hundredths = (x: number) => Number(x.toFixed(2))
