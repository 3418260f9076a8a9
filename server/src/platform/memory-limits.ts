import { getHeapStatistics } from 'node:v8'

/** What all callers together may hold in the memory of this process. */
export interface MemoryLimits {
  /** Open event streams. */
  readonly listeners: number
  /** Bytes that all event streams together have not read yet. */
  readonly unreadBytes: number
  /** Bytes of the bodies of all requests under way. */
  readonly bodyBytes: number
  /** Rows that all requests under way sent or will be answered with. */
  readonly rows: number
}

const mega = 2 ** 20
// A row that is judged takes some 8 kB with its verdict and its part of the answer.
const heapPerRow = 24 * 2 ** 10
// A parsed body takes up to twenty times its bytes.
const heapPerBodyByte = 50

/** The limits for a heap of this size, so that a larger one (`--max-old-space-size`) allows more. */
export function memoryLimits(heapBytes = getHeapStatistics().heap_size_limit): MemoryLimits {
  return {
    listeners: Math.floor(heapBytes / (mega / 4)),
    unreadBytes: Math.min(64 * mega, Math.floor(heapBytes / 8)),
    bodyBytes: Math.floor(heapBytes / heapPerBodyByte),
    rows: Math.floor(heapBytes / heapPerRow),
  }
}
