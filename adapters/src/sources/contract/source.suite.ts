import type { Row } from '@candlewatch/api/bars'
import { hourMs } from '@candlewatch/core/time'
import type { Ms } from '@candlewatch/core/types'
import { describe, expect, test } from 'vitest'
import { type Batch, maxBatchRows, type Position, type Source } from '../source.ts'

/** A source under test and its origin. */
export interface SourceHarness {
  readonly source: Source
  /** Adds rows at the origin, after those that are there. */
  add(rows: readonly Row[]): Promise<void>
  /** Makes the origin unreadable. */
  break(): Promise<void>
}

/** Rows of consecutive hours of one market. */
export function rowsFrom(first: number, end: number): Row[] {
  return Array.from({ length: end - first }, (_, i) => {
    const n = first + i
    const date = (Date.UTC(2021, 0, 1) + n * hourMs) as Ms
    const prices = { open: 100 + n, high: 101.5 + n, low: 99 + n, close: 100.25 + n, volume: n }
    return { market: 'test:A-USD', interval: hourMs, date, ...prices }
  })
}

/** Tests that every source passes. `start` makes a source whose origin has the given rows, and no more come. */
export function sourceContract(name: string, start: (rows: readonly Row[]) => Promise<SourceHarness>): void {
  const never = () => new AbortController().signal

  async function all(source: Source, after: Position | null = null): Promise<Batch[]> {
    const batches: Batch[] = []
    for await (const batch of source.read(after, never())) batches.push(batch)
    return batches
  }

  const rowsOf = (batches: readonly Batch[]) => batches.flatMap(({ rows }) => rows)

  describe(`${name}: the contract of a source`, () => {
    const rows = rowsFrom(0, 2 * maxBatchRows + 500)

    test('all rows are delivered once, oldest first, in batches that are neither empty nor too large', async () => {
      const { source } = await start(rows)
      const batches = await all(source)
      expect(rowsOf(batches)).toEqual(rows)
      const sizes = batches.map(batch => batch.rows.length)
      expect(Math.min(...sizes)).toBeGreaterThan(0)
      expect(Math.max(...sizes)).toBeLessThanOrEqual(maxBatchRows)
    })

    test('after the position of any batch, exactly the rows after it are delivered', async () => {
      const { source } = await start(rows)
      const batches = await all(source)
      for (const [i, { position }] of batches.entries()) {
        expect(rowsOf(await all(source, position))).toEqual(rowsOf(batches.slice(i + 1)))
      }
    })

    test('a source that is read again from the start delivers the same', async () => {
      const { source } = await start(rows)
      expect(await all(source)).toEqual(await all(source))
    })

    test('rows that were added at the origin are delivered after the last position', async () => {
      const { source, add } = await start(rowsFrom(0, 10))
      const position = (await all(source)).at(-1)?.position ?? null
      await add(rowsFrom(10, 13))
      expect(rowsOf(await all(source, position))).toEqual(rowsFrom(10, 13))
    })

    test('health follows the reader: idle, reading with the position of the batch taken, ended', async () => {
      const { source } = await start(rows)
      expect(source.health()).toEqual({ state: 'idle', position: null, error: null })
      let last: Position | null = null
      for await (const { position } of source.read(null, never())) {
        expect(source.health()).toEqual({ state: 'reading', position, error: null })
        last = position
      }
      expect(source.health()).toEqual({ state: 'ended', position: last, error: null })
    })

    test('a reader that stops early leaves the source idle and can continue from its position', async () => {
      const { source } = await start(rows)
      for await (const batch of source.read(null, never())) {
        expect(batch.rows.length).toBeLessThan(rows.length)
        break
      }
      const { state, position } = source.health()
      expect(state).toBe('idle')
      const [first] = await all(source)
      expect(position).toBe(first?.position)
      expect(rowsOf(await all(source, position))).toEqual(rows.slice(first?.rows.length))
    })

    test('an aborted signal ends reading with its reason before the first row and between batches', async () => {
      const { source } = await start(rows)
      const reason = new Error('enough')
      const iteration = source.read(null, AbortSignal.abort(reason))[Symbol.asyncIterator]()
      await expect(iteration.next()).rejects.toBe(reason)
      expect(source.health().state).toBe('idle')

      const stop = new AbortController()
      const taken: Batch[] = []
      const reading = async () => {
        for await (const batch of source.read(null, stop.signal)) {
          taken.push(batch)
          stop.abort(reason)
        }
      }
      await expect(reading()).rejects.toBe(reason)
      expect(taken).toHaveLength(1)
      expect(source.health()).toEqual({ state: 'idle', position: taken[0]?.position, error: null })
    })

    test('when an origin cannot be read, the reader gets the error, health keeps it, and a later read recovers', async () => {
      const harness = await start(rows)
      await harness.break()
      const error = await all(harness.source).then(
        () => null,
        caught => caught,
      )
      expect(error).toBeInstanceOf(Error)
      expect(harness.source.health()).toEqual({ state: 'failed', position: null, error })
      await harness.add(rowsFrom(0, 3))
      expect(rowsOf(await all(harness.source))).toEqual(rowsFrom(0, 3))
      expect(harness.source.health()).toMatchObject({ state: 'ended', error: null })
    })

    test('a position that is not one of this source is refused', async () => {
      const { source } = await start(rows)
      await expect(all(source, 'somewhere else')).rejects.toThrow('somewhere else')
    })
  })
}
