import { type Stream, streamKey } from '@candlewatch/core/time'
import type { SettingsStore, StreamSettingsRecord } from '../settings.ts'

/** The settings of streams in memory. */
export function memorySettings(): SettingsStore & { forgetSettings(stream: Stream): void } {
  const byStream = new Map<string, StreamSettingsRecord[]>()
  const of = (stream: Stream) => byStream.get(streamKey(stream)) ?? []

  return {
    async addSettings(record) {
      byStream.set(streamKey(record), [structuredClone(record), ...of(record)])
    },
    async settingsOf(stream, limit) {
      return structuredClone(of(stream).slice(0, limit))
    },
    async allSettings() {
      return structuredClone([...byStream.values()].flatMap(records => records.slice(0, 1)))
    },
    forgetSettings: stream => void byStream.delete(streamKey(stream)),
  }
}
