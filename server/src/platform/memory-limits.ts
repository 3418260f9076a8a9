import { getHeapStatistics } from 'node:v8'

/** What all callers together may hold in the memory of this process. */
export interface MemoryLimits {
  /** Open event streams. */
  readonly listeners: number
  /** Bytes that all event streams together have not read yet. */
  readonly unreadBytes: number
}

const mega = 2 ** 20

/** The limits for a heap of this size, so that a larger one (`--max-old-space-size`) allows more. */
export function memoryLimits(heapBytes = getHeapStatistics().heap_size_limit): MemoryLimits {
  return {
    listeners: Math.floor(heapBytes / (mega / 4)),
    unreadBytes: Math.min(64 * mega, Math.floor(heapBytes / 8)),
  }
}
