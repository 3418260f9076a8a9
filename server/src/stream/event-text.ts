import type { SequencedVerdict } from '@candlewatch/adapters/stores/verdicts'
import type { EventData, StreamEventName } from '@candlewatch/api/events'
import { episodeAnswer, verdictAnswer } from '@candlewatch/api/values/sentences'

/** A committed verdict and its bar, as they are sent. */
export interface VerdictText {
  readonly seq: number
  readonly text: string
}

/** An event as server-sent events have it: WHATWG HTML, 9.2. A client resumes after the `id` that it saw last. */
export function eventText<Name extends StreamEventName>(name: Name, data: EventData<Name>, id?: number): string {
  return `event: ${name}\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`
}

/** Bar, episode changes and verdict in one piece. The verdict comes last: a client that has seen its id has all of it. */
export function verdictText({ seq, verdict, episodes }: SequencedVerdict): VerdictText {
  const { market, interval, date } = verdict
  const { open, high, low, close, volume } = verdict.bar
  const bar = eventText('bar', { market, interval, date, open, high, low, close, volume })
  const changes = episodes.map(({ kind, episode }) => eventText('episode', { kind, episode: episodeAnswer(episode) }))
  return { seq, text: [bar, ...changes, eventText('verdict', verdictAnswer(verdict), seq)].join('') }
}
