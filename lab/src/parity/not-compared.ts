import type { JudgedBar } from '@candlewatch/adapters/stores/corrections'

/** Why verdicts cannot be judged again. */
export const reasons = {
  'other-engine': 'another version of the engine judged them, which may judge differently',
  'no-start': 'the start of their engine is not stored',
  'bars-dropped': 'bars that their engine had learned were dropped, and its state then is not stored',
  'no-model': 'the files of their model are missing or damaged',
} as const

/** Why verdicts cannot be judged again. */
export type Reason = keyof typeof reasons

/** Verdicts that follow each other and cannot be judged again for one reason. */
export interface NotCompared {
  /** name@version */
  readonly model: string
  readonly reason: Reason
  readonly verdicts: number
  /** Opens of the first and the last bar, ISO 8601 UTC. */
  readonly from: string
  readonly to: string
}

/** Adds a verdict to the list: to its last entry, if it continues that one. */
export function add(list: NotCompared[], { model }: JudgedBar, date: string, reason: Reason): void {
  const last = list.at(-1)
  if (last?.model !== model || last.reason !== reason || date < last.to) {
    list.push({ model, reason, verdicts: 1, from: date, to: date })
    return
  }
  list[list.length - 1] = { model, reason, verdicts: last.verdicts + 1, from: last.from, to: date }
}

/** Returns how many verdicts the entries contain. */
export const countOf = (list: readonly NotCompared[]) => list.reduce((sum, { verdicts }) => sum + verdicts, 0)

/** An entry as a line of text. */
export function textOf({ model, reason, verdicts, from, to }: NotCompared): string {
  const bars = verdicts === 1 ? `The verdict on the bar of ${from}` : `${verdicts} verdicts from ${from} to ${to}`
  return `${bars} by ${model}: not compared, ${reasons[reason]}.`
}
