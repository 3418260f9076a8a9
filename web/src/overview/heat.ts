import { offsetMs, type Zone } from '../format/zone.ts'

/** How many began in each hour of the week: seven days from Monday, 24 hours each, on the chosen clock. */
export function heatOf(starts: readonly number[], zone: Zone): number[][] {
  const heat = Array.from({ length: 7 }, () => new Array<number>(24).fill(0))
  for (const start of starts) {
    const date = new Date(start + offsetMs(start, zone))
    heat[(date.getUTCDay() + 6) % 7]![date.getUTCHours()]! += 1
  }
  return heat
}

/** What the strengths of a heat map mean, by their level. */
export const heatSteps = ['none', '1', '2', '3 or more'] as const

export const heatLevel = (episodes: number) => Math.min(episodes, heatSteps.length - 1)
