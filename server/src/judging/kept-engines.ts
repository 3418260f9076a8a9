import { isSameEngine } from '@candlewatch/adapters/stores/settings'
import { type Stream, streamKey } from '@candlewatch/core/time'
import type { Ms } from '@candlewatch/core/types'
import type { Engine } from './engine.ts'

/** The engines in memory, one per stream. A dropped engine comes back from the store as it was. */
export interface KeptEngines {
  /** The engine of a stream; undefined when none is kept. */
  of(stream: Stream): Engine | undefined
  /**
   * The engine of a stream and model, unless the store has newer bars than it has learned: another process wrote those. An
   * engine of another model has missed bars, and one with other settings begins anew, so it is resumed from the store.
   */
  find(of: Pick<Engine, 'stream' | 'model' | 'settings'>, storedCloses: Iterable<Ms>): Engine | undefined
  keep(engine: Engine): void
  drop(stream: Stream): void
}

/** Keeps the `max` engines that were used last: any client can name a new market. */
export function keepEngines(max: number): KeptEngines {
  const engines = new Map<string, Engine>()

  return {
    of: stream => engines.get(streamKey(stream)),
    find({ stream, model, settings }, storedCloses) {
      const engine = engines.get(streamKey(stream))
      if (engine?.model !== model || !isSameEngine(engine.settings, settings)) return undefined
      for (const ts of storedCloses) if (ts > engine.newestTs) return undefined
      return engine
    },
    keep(engine) {
      const key = streamKey(engine.stream)
      engines.delete(key)
      engines.set(key, engine)
      const [oldest] = engines.keys()
      if (engines.size > max && oldest !== undefined) engines.delete(oldest)
    },
    drop: stream => void engines.delete(streamKey(stream)),
  }
}
