import type { TradingCalendar } from '@candlewatch/api/trading-calendar'
import type { Stream } from '@candlewatch/core/time'
import type { Ms } from '@candlewatch/core/types'

/** Settings that an engine is made with: what it has learned depends on them, so others need a new engine. */
export interface EngineSettings {
  /** The hours of the market; null: learned from its bars. */
  readonly calendar: TradingCalendar | null
}

/** The settings of one stream. */
export interface StreamSettings extends EngineSettings {
  /** Its alarm budget; null: the one for all streams. */
  readonly alarmsPerWeek: number | null
  /** Smaller moves are judged and listed but not reported to anyone: percent of the price, 0 for any size. */
  readonly leastSizePercent: number
  /** False: no move is an alarm. */
  readonly marketLane: boolean
  /** False: no row is a fault because it is unlikely. */
  readonly feedLane: boolean
}

/** Settings of a stream, and since when they apply. */
export interface StreamSettingsRecord extends Stream {
  readonly settings: StreamSettings
  readonly at: Ms
  /** The reason for the change, as given by the person who made it. */
  readonly note: string
}

/** The settings of a stream for which nothing was set. */
export const usualSettings: StreamSettings = {
  alarmsPerWeek: null,
  leastSizePercent: 0,
  marketLane: true,
  feedLane: true,
  calendar: null,
}

/** Tells whether an engine that was made with some settings serves for others. */
export function isSameEngine(a: EngineSettings, b: EngineSettings): boolean {
  return JSON.stringify(a.calendar) === JSON.stringify(b.calendar)
}

/** All settings that streams had; the newest of a stream are in force. */
export interface SettingsStore {
  addSettings(record: StreamSettingsRecord): Promise<void>
  /** Returns those of a stream, newest first. */
  settingsOf(stream: Stream, limit: number): Promise<readonly StreamSettingsRecord[]>
  /** Returns the newest of every stream that has any, in any order. */
  allSettings(): Promise<readonly StreamSettingsRecord[]>
}
