import { minuteMs } from '@candlewatch/core/time'
import type { Log } from './log.ts'

/** Writes lines of which many can be alike: a feed that is refused a hundred times a second would write 2 GB a day. */
export interface SummedLog {
  /** Writes the first line of a kind at once. Those of the next minute are counted and written as one line, with the last one's fields. */
  write(level: 'info' | 'warn', kind: string, fields: object, message: string): void
}

interface Counted {
  count: number
  last: () => void
}

/** Makes a summed log. Beyond `maxKinds` kinds at a time, further ones are counted together. */
export function makeSummedLog(log: Log, everyMs: number = minuteMs, maxKinds = 1_000): SummedLog {
  const kinds = new Map<string, Counted>()

  function write(level: 'info' | 'warn', kind: string, fields: object, message: string): void {
    const name = kinds.has(kind) || kinds.size < maxKinds ? kind : 'any other'
    const found = kinds.get(name)
    if (!found) {
      log[level](fields, message)
      kinds.set(name, { count: 0, last: () => undefined })
      later(name)
      return
    }
    log.debug(fields, message)
    found.count += 1
    const { count } = found
    found.last = () => log[level]({ ...fields, count, seconds: everyMs / 1_000 }, `${message} (the last of ${count})`)
  }

  function later(kind: string): void {
    setTimeout(() => {
      const found = kinds.get(kind)
      if (!found || found.count === 0) {
        kinds.delete(kind)
        return
      }
      found.last()
      found.count = 0
      later(kind)
    }, everyMs).unref()
  }

  return { write }
}
