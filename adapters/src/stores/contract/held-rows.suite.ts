import type { Stream } from '@candlewatch/core/time'
import type { Step } from '@candlewatch/core/types'
import { expect, test } from 'vitest'
import type { Store } from '../store.ts'

/** A test of held rows that every store passes. `stepOf` makes the bar of the n-th hour of the stream. */
export function heldRowContract(
  storeOf: () => Store,
  newStream: () => Stream,
  stepOf: (stream: Stream, hour: number) => Step,
): void {
  test('one row of a stream is held at a time, with every digit, and forgotten with its stream', async () => {
    const [store, stream, other] = [storeOf(), newStream(), newStream()]
    const [first, second] = [stepOf(stream, 1).bar, { ...stepOf(stream, 2).bar, close: 0.1 + 0.2 }]
    expect(await store.held(stream)).toBeNull()
    await store.hold(stream, first)
    await store.hold(other, stepOf(other, 1).bar)
    expect(await store.held(stream)).toEqual(first)
    await store.hold(stream, second)
    expect(await store.held(stream)).toEqual(second)
    await store.release(stream)
    await store.release(stream)
    expect(await store.held(stream)).toBeNull()
    expect(await store.held(other)).not.toBeNull()
    await store.forget(other)
    expect(await store.held(other)).toBeNull()
    await expect(store.hold(stream, stepOf(other, 1).bar)).rejects.toMatchObject({ code: 'ERR_STEP_MISPLACED' })
  })
}
