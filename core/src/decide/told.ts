import type { Incident, IncidentMember } from '../incident.ts'
import { readInterval } from '../interval.ts'
import { weekMs } from '../time.ts'
import type { Episode, EpisodeEvent, Ms } from '../types.ts'
import { marketWideFrom, togetherMs } from './groups.ts'

/** The limits of what is reported to a person. */
export interface ToldBudget {
  /** Episodes a week over all streams that they watch. */
  readonly episodesPerWeek: number
  /** Episodes of smaller moves are not told, percent of the price. */
  readonly leastSizePercent: number
}

/** A change of an episode of a watched stream, in the order in which the changes were committed. */
export interface EpisodeNews extends EpisodeEvent {
  /** Close of the bar that changed it. */
  readonly ts: Ms
  /** The least size that is set for its stream, percent. */
  readonly leastSizePercent: number
  /** The groups that the stream belongs to, and how many watched markets each has. */
  readonly groups: readonly { readonly name: string; readonly markets: number }[]
}

// A fortnight sees a change of the market soon; twelve weeks give a level that does not wander.
const shortMs = 2 * weekMs
const longMs = 12 * weekMs
// Twelve weeks of more than two hundred incidents a day.
const mostKept = 20_000

/** How many bars a week are as rare as the episode's rarest: comparable between streams of any interval. */
export function rarityOf({ pValue, interval }: Pick<Episode, 'pValue' | 'interval'>): number {
  return (pValue * weekMs) / readInterval(interval)
}

/**
 * Decides which episodes of all the streams that a person watches are told, so that they keep to a budget over all of them.
 * Only changes that came before count, so the same sequence gives the same decisions. While fewer incidents come than the
 * budget allows, all are told; otherwise those that are rarer than a level. The level is the geometric mean of those of a
 * fortnight and of twelve weeks, each the rarity that as many incidents of its window reached as the budget allows; after a
 * silence of two weeks, or of the time of two episodes, that of the fortnight alone. In its first week a person with many
 * streams is told more than the budget: what is rare there is not known yet.
 */
export class Told {
  #budget: ToldBudget
  /** By `n`, in the order in which they began. Those that became part of another are left out. */
  readonly #incidents = new Map<number, Incident>()
  /** The incident of each episode, by its id. */
  readonly #ofEpisode = new Map<string, number>()
  #nextN = 1

  /** `incidents`: those that were decided before, in the order in which they began. */
  constructor(budget: ToldBudget, incidents: readonly Incident[] = []) {
    this.#budget = budget
    this.#keep(incidents)
  }

  /** Counts from the next change on. What was decided stays. */
  set budget(budget: ToldBudget) {
    this.#budget = budget
  }

  /** Takes the next change and returns the incidents that it began or changed. */
  next(news: EpisodeNews): readonly Incident[] {
    const { episode, kind, ts } = news
    if (kind === 'closed') return []
    const known = this.#incidents.get(this.#ofEpisode.get(episode.id) ?? 0)
    // A driver that does not compare prices gives no size.
    if (
      Math.abs(episode.size ?? Number.POSITIVE_INFINITY) * 100 <
      Math.max(this.#budget.leastSizePercent, news.leastSizePercent)
    ) {
      return known ? [] : this.#keep([this.#begun(news)])
    }
    const joined = withMember(known ?? this.#running(news) ?? this.#begun(news), news)
    const [whole, parts] = this.#asGroup(joined, news)
    const decided = whole.toldAt === null ? { ...whole, ...this.#decided(whole, ts) } : whole
    const isNews = decided.n !== known?.n || decided.perWeek !== known.perWeek || decided.toldAt !== known.toldAt
    return isNews ? this.#keep([...parts, decided]) : []
  }

  #keep(changed: readonly Incident[]): readonly Incident[] {
    for (const incident of changed) {
      if (incident.partOf === null) this.#incidents.set(incident.n, incident)
      else this.#incidents.delete(incident.n)
      for (const { id } of incident.members) this.#ofEpisode.set(id, incident.partOf ?? incident.n)
      this.#nextN = Math.max(this.#nextN, incident.n + 1)
    }
    for (const [n, { members }] of this.#incidents) {
      if (this.#incidents.size <= mostKept) break
      this.#incidents.delete(n)
      for (const { id } of members) this.#ofEpisode.delete(id)
    }
    return changed
  }

  /** An incident that goes on: of the same market at another interval, or of a group that moves as a whole. */
  #running({ episode, ts, groups }: EpisodeNews): Incident | undefined {
    return this.#counted(ts, togetherMs).findLast(
      ({ group, members }) =>
        members.some(({ market }) => market === episode.market) || groups.some(({ name }) => name === group),
    )
  }

  #begun({ episode, ts, groups }: EpisodeNews): Incident {
    return {
      n: this.#nextN,
      at: ts,
      perWeek: rarityOf(episode),
      group: null,
      groups: groups.map(({ name }) => name),
      members: [memberOf(episode)],
      toldAt: null,
      because: 'small',
      partOf: null,
    }
  }

  /** Incidents that began in a time up to a moment, in the order in which they began, without small ones. */
  #counted(ts: Ms, windowMs: number): Incident[] {
    const inWindow = ({ at, because }: Incident) => because !== 'small' && at <= ts && ts - at <= windowMs
    return [...this.#incidents.values()].filter(inWindow)
  }

  /** Joins the incidents of a group, if so many of its markets have moved at once that they count as one. */
  #asGroup(incident: Incident, { groups, ts }: EpisodeNews): readonly [whole: Incident, parts: readonly Incident[]] {
    if (incident.group !== null) return [incident, []]
    const recent = this.#counted(ts, togetherMs).filter(({ n }) => n !== incident.n)
    for (const { name, markets } of groups) {
      const moved = [...recent.filter(one => one.groups.includes(name)), incident]
      if (marketsOf(moved).size < marketWideFrom(markets)) continue
      const [whole = incident, ...parts] = [...moved].sort((a, b) => a.n - b.n)
      const toldAts = moved.flatMap(({ toldAt }) => (toldAt === null ? [] : [toldAt]))
      return [
        {
          ...whole,
          perWeek: Math.min(...moved.map(({ perWeek }) => perWeek)),
          group: name,
          members: moved.flatMap(({ members }) => members),
          toldAt: toldAts.length > 0 ? (Math.min(...toldAts) as Ms) : null,
        },
        parts.map(part => ({ ...part, partOf: whole.n })),
      ]
    }
    return [incident, []]
  }

  #decided(incident: Incident, ts: Ms): Pick<Incident, 'toldAt' | 'because'> {
    const others = this.#counted(ts, longMs).filter(({ n }) => n !== incident.n)
    const observedMs = Math.max(weekMs, ...others.map(({ at }) => ts - at))
    const of = (ms: number) => {
      const windowMs = Math.min(ms, observedMs)
      return windowOf(others, ts, windowMs, Math.round((this.#budget.episodesPerWeek * windowMs) / weekMs))
    }
    // A budget that leaves nothing to a fortnight is counted over the longer time alone.
    const windows = [of(shortMs), of(longMs)].filter(({ allowed }, i) => i === 1 || allowed > 0)
    if (windows[0]?.level === Number.POSITIVE_INFINITY) return { toldAt: ts, because: 'within-budget' }
    const lastTold = Math.max(...others.map(({ toldAt }) => toldAt ?? 0))
    const isSilent = ts - lastTold > Math.max(shortMs, (2 * weekMs) / this.#budget.episodesPerWeek)
    // What a burst used up would keep the person waiting for weeks: the fortnight alone decides then.
    const levels = windows
      .map(({ level }) => level)
      .filter((level, i) => Number.isFinite(level) && !(isSilent && i > 0))
    const level = levels.every(one => one === levels[0])
      ? (levels[0] ?? Number.POSITIVE_INFINITY)
      : Math.exp(levels.reduce((sum, one) => sum + Math.log(one), 0) / levels.length)
    // P-values have a least value, which many share: those at the level itself get what the others left of the budget.
    const isRare = incident.perWeek < level || (incident.perWeek === level && windows.every(({ hasRoom }) => hasRoom))
    return isRare ? { toldAt: ts, because: 'rare' } : { toldAt: null, because: 'budget-used' }
  }
}

/** A time before a moment: the rarity that as many of its incidents reached as the budget allows, and whether fewer were told. */
function windowOf(incidents: readonly Incident[], ts: Ms, windowMs: number, allowed: number) {
  const inside = incidents.filter(({ at }) => ts - at <= windowMs)
  const rarest = Float64Array.from(inside, ({ perWeek }) => perWeek).sort()
  const told = inside.filter(({ toldAt }) => toldAt !== null).length
  const most = Math.max(1, allowed)
  return { allowed, level: rarest[most - 1] ?? Number.POSITIVE_INFINITY, hasRoom: told < most }
}

function withMember(incident: Incident, { episode, groups }: EpisodeNews): Incident {
  const isMember = incident.members.some(({ id }) => id === episode.id)
  return {
    ...incident,
    perWeek: Math.min(incident.perWeek, rarityOf(episode)),
    groups: [...new Set([...incident.groups, ...groups.map(({ name }) => name)])],
    members: isMember ? incident.members : [...incident.members, memberOf(episode)],
  }
}

const memberOf = ({ id, market, interval, start }: Episode): IncidentMember => ({ id, market, interval, start })

const marketsOf = (incidents: readonly Incident[]) =>
  new Set(incidents.flatMap(({ members }) => members.map(({ market }) => market)))
