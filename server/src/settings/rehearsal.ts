import { setImmediate } from 'node:timers/promises'
import type { ScoreStore } from '@candlewatch/adapters/stores/budgets'
import type { VerdictStore } from '@candlewatch/adapters/stores/verdicts'
import type { Rehearsal } from '@candlewatch/api/budget'
import { episodeAnswer } from '@candlewatch/api/values/sentences'
import { compare } from '@candlewatch/core/decide/comparison'
import { episodesOf } from '@candlewatch/core/decide/episodes'
import { mergeWindow } from '@candlewatch/core/decide/merge-window'
import { type Beginning, BudgetReplay, type ReplayBudget } from '@candlewatch/core/engine/budget-replay'
import type { Alarm } from '@candlewatch/core/episode'
import { formatInterval } from '@candlewatch/core/interval'
import { nth } from '@candlewatch/core/nth'
import { openOf, type Stream, weekMs } from '@candlewatch/core/time'
import type { Episode, Ms, Verdict } from '@candlewatch/core/types'
import type { Settings } from './settings.ts'

/** The bars and the budget that a rehearsal is asked for. */
export interface RehearsalAsked extends Stream {
  /** The range of opens: `from` included, `to` excluded; null: without a limit. */
  readonly fromMs: Ms | null
  readonly toMs: Ms | null
  readonly alarmsPerWeek: number
}

/** The stored verdicts of a range, and those before it that the levels of its first bars depend on. */
interface Past {
  readonly before: readonly Verdict[]
  readonly verdicts: readonly Verdict[]
  readonly beginnings: readonly Beginning[]
  readonly exactness: Rehearsal['exactness']
}

// More than a year of hours. Of a longer range the newest part is taken.
const maxBars = 10_000
// The levels of hours look back on 6,000; gaps and stuck bars have no score.
const barsBefore = 6_500
const maxBeginnings = 1_000
const barsPerTurn = 50

/**
 * Makes the function that finds the alarms of past bars under another budget, from their stored scores: no forecast is made
 * again. The last range is kept in memory, since a slider asks for it again and again.
 */
export function makeRehearsal(
  store: VerdictStore & ScoreStore,
  settings: Pick<Settings, 'budgetOf'>,
): (asked: RehearsalAsked) => Promise<Rehearsal> {
  let kept: { readonly key: string; readonly past: Promise<Past> } | null = null

  async function pastOf(asked: RehearsalAsked): Promise<Past> {
    const { market, intervalMs, fromMs, toMs } = asked
    const key = [market, intervalMs, fromMs, toMs, await store.lastSeq(asked)].join(' ')
    if (kept?.key === key) return kept.past
    const past = readPast(store, asked)
    kept = { key, past }
    // Only the callers that wait now get the failure; it is not kept.
    past.catch(() => {
      kept = null
    })
    return past
  }

  return async asked => {
    const { market, intervalMs, alarmsPerWeek } = asked
    const past = await pastOf(asked)
    const { verdicts, exactness } = past
    const { feedShare } = settings.budgetOf(asked)
    const alarms = await replayed(past, intervalMs, () => ({ alarmsPerWeek, feedShare }))
    const [now, rehearsed] = [episodesOf(verdicts), episodesOf(alarms)]
    const { more, fewer, both } = compare(now, rehearsed, mergeWindow(alarmsPerWeek))
    const weeks = (verdicts.length * intervalMs) / weekMs
    const counted = ({ length }: readonly Episode[]) => ({
      episodes: length,
      perWeek: weeks === 0 ? 0 : hundredths(length / weeks),
    })
    return {
      market,
      interval: formatInterval(intervalMs),
      alarmsPerWeek,
      promised: hundredths(alarmsPerWeek * weeks),
      from: verdicts[0]?.date ?? null,
      to: verdicts.at(-1)?.date ?? null,
      bars: verdicts.length,
      now: counted(now),
      rehearsed: counted(rehearsed),
      appearing: more.map(episodeAnswer),
      vanishing: fewer.map(episodeAnswer),
      staying: both,
      exactness,
    }
  }
}

async function readPast(store: VerdictStore & ScoreStore, asked: RehearsalAsked): Promise<Past> {
  const { market, intervalMs, fromMs, toMs } = asked
  const stream = { market, intervalMs }
  const plain = (rows: Awaited<ReturnType<VerdictStore['verdicts']>>) => rows.map(row => row.verdict)
  const verdicts = plain(await store.verdicts({ ...stream, fromMs, toMs, limit: maxBars }))
  const [first, last] = [verdicts[0], verdicts.at(-1)]
  const until = { fromMs: null, toMs: first ? openOf(first, intervalMs) : null, limit: first ? barsBefore : 0 }
  const before = plain(await store.verdicts({ ...stream, ...until }))
  const beginnings = last ? await store.knownScores(stream, last.ts, maxBeginnings) : []
  const past = { before, verdicts, beginnings }
  const again = await replayed(past, intervalMs, inForce)
  return { ...past, exactness: exactnessOf(verdicts, again) }
}

/** The alarms of the range under the budget that `budgetOf` gives for each bar. */
async function replayed(
  { before, verdicts, beginnings }: Omit<Past, 'exactness'>,
  intervalMs: Ms,
  budgetOf: (verdict: Verdict) => ReplayBudget,
): Promise<Alarm[]> {
  const replay = new BudgetReplay(beginnings, intervalMs)
  const alarms: Alarm[] = []
  for (const [i, verdict] of [...before, ...verdicts].entries()) {
    alarms.push(replay.step(verdict, budgetOf(verdict)))
    // A large budget takes seconds over a year: other requests get their turn.
    if (i % barsPerTurn === 0) await setImmediate()
  }
  return alarms.slice(before.length)
}

function exactnessOf(verdicts: readonly Verdict[], again: readonly Alarm[]): Rehearsal['exactness'] {
  const differing = verdicts.filter(({ isAnomaly }, i) => isAnomaly !== nth(again, i).isAnomaly).length
  const because =
    differing === 0
      ? 'With the budgets that were in force, every bar gets the verdict that is stored.'
      : `With the budgets that were in force, ${differing} of ${verdicts.length} bars get another verdict than the stored one: what their engine knew before is no longer known.`
  return { bars: verdicts.length, differing, because }
}

/** The budget by which a bar was judged; none where that is not stored. */
const inForce = ({ alarmsPerWeek, feedShare }: Verdict): ReplayBudget => ({
  alarmsPerWeek: alarmsPerWeek ?? 0,
  feedShare,
})

const hundredths = (x: number) => Number(x.toFixed(2))
