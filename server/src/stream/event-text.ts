import type { SequencedVerdict } from '@candlewatch/adapters/stores/verdicts'
import type { EventData, StreamEventName } from '@candlewatch/api/events'
import { verdictAnswer } from '@candlewatch/api/values/sentences'

/** A committed verdict and its bar, as they are sent. */
export interface VerdictText {
  readonly seq: number
  readonly text: string
}

/** An event as server-sent events have it: WHATWG HTML, 9.2. A client resumes after the `id` that it saw last. */
export function eventText<Name extends StreamEventName>(name: Name, data: EventData<Name>, id?: number): string {
  return `event: ${name}\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`
}

/** Bar and verdict in one piece, so that a connection that is cut never leaves a bar without its verdict. */
export function verdictText({ seq, verdict }: SequencedVerdict): VerdictText {
  const { market, interval, date } = verdict
  const { open, high, low, close, volume } = verdict.bar
  const bar = eventText('bar', { market, interval, date, open, high, low, close, volume })
  return { seq, text: bar + eventText('verdict', verdictAnswer(verdict), seq) }
}
