import type { Group } from '@candlewatch/core/incident'
import { type Stream, streamKey } from '@candlewatch/core/time'
import type { Episode } from '@candlewatch/core/types'
import type { GroupStore, ProfileRecord, ProfileStore, ToldRecord, ToldStore, ToldTurn, ToldWork } from '../told.ts'
import type { SequencedVerdict } from '../verdicts.ts'

/** The parts of the store that told is read from. */
interface ToldSource {
  /** The verdicts of a stream in force, in order of commit. */
  verdictsOf(stream: Stream): readonly SequencedVerdict[]
  episodes(): readonly Episode[]
  streams(): readonly Stream[]
}

/** The stores of groups, profiles and incidents in memory. */
export function memoryTold(
  source: ToldSource,
): GroupStore & ProfileStore & ToldStore & { forgetTold(stream: Stream): void } {
  const groups = new Map<string, Group>()
  const profiles = new Map<string, ProfileRecord>()
  const records = new Map<string, ToldRecord>()
  const positions = new Map<string, number>()
  let version = 0
  let turns: Promise<unknown> = Promise.resolve()

  const inOrder = () => [...records.values()].sort((a, b) => a.incident.n - b.incident.n)
  const newsOf = (stream: Stream) => {
    const after = positions.get(streamKey(stream)) ?? 0
    return source.verdictsOf(stream).filter(({ seq, episodes }) => seq > after && episodes.length > 0)
  }

  async function turn(decide: (turn: ToldTurn) => Promise<ToldWork | null>): Promise<number> {
    const work = await decide({
      version,
      async records(limit) {
        const ids = [...new Set(inOrder().map(({ profile }) => profile))].sort()
        return structuredClone(
          ids.flatMap(id =>
            inOrder()
              .filter(({ profile }) => profile === id)
              .slice(-limit),
          ),
        )
      },
      news: async (stream, limit) => structuredClone(newsOf(stream).slice(0, limit)),
    })
    if (!work) return version
    positions.set(streamKey(work.stream), work.seq)
    for (const record of work.records) records.set(`${record.profile} ${record.incident.n}`, structuredClone(record))
    version += 1
    return version
  }

  return {
    async saveGroup(group) {
      groups.set(group.name, structuredClone(group))
    },
    deleteGroup: async name => groups.delete(name),
    async groups() {
      return structuredClone([...groups.values()].sort((a, b) => (a.name < b.name ? -1 : 1)))
    },
    async episodesOfAll({ fromMs, toMs, limit }) {
      const found = source
        .episodes()
        .filter(({ start, end }) => Date.parse(end) >= fromMs && Date.parse(start) < toMs)
        .sort((a, b) => Date.parse(a.start) - Date.parse(b.start) || (nameOf(a) < nameOf(b) ? -1 : 1))
      return structuredClone(limit > 0 ? found.slice(-limit) : [])
    },
    async saveProfile(profile) {
      profiles.set(profile.id, structuredClone(profile))
    },
    async profiles() {
      return structuredClone([...profiles.values()])
    },
    toldTurn(decide) {
      const result = turns.then(() => turn(decide))
      turns = result.catch(() => undefined)
      return result
    },
    async told({ profile, fromMs, toMs, toldOnly, limit }) {
      const found = inOrder().filter(
        ({ profile: id, incident }) =>
          id === profile &&
          incident.at >= (fromMs ?? Number.NEGATIVE_INFINITY) &&
          incident.at < (toMs ?? Number.POSITIVE_INFINITY) &&
          (!toldOnly || incident.toldAt !== null) &&
          incident.partOf === null,
      )
      return structuredClone(limit > 0 ? found.slice(-limit).map(({ incident }) => incident) : [])
    },
    async untold() {
      return source.streams().filter(stream => newsOf(stream).length > 0)
    },
    forgetTold: stream => void positions.delete(streamKey(stream)),
  }
}

const nameOf = ({ market, interval }: Episode) => `${market} ${interval}`
