import type { Import } from '@candlewatch/api/imports'
import type { Stream } from '@candlewatch/core/time'
import { describe, expect, test } from 'vitest'
import type { Store } from '../store.ts'

/** Tests of imports that every store passes. */
export function importContract(storeOf: () => Store, newStream: () => Stream): void {
  const jobOf = (id: string): Import => ({
    id,
    name: 'Übung "1".csv',
    market: newStream().market,
    interval: '1h',
    state: 'running',
    rows: 7,
    done: 0,
    judged: 0,
    known: 0,
    fills: 0,
    late: 0,
    first: '2021-01-01T00:00:00Z',
    last: '2021-01-01T06:00:00Z',
    startedAt: '2021-02-01T00:00:00Z',
    endedAt: null,
    error: null,
  })

  describe('imports', () => {
    test('are found by id as they were saved last, newest first, and are held while their process is valid', async () => {
      const store = storeOf()
      const epoch = await store.register({ address: null, key: '' }, 60_000)
      const [older, newer] = [jobOf('import-a'), jobOf('import-b')]
      await store.saveImport(older, epoch)
      await store.saveImport(newer, epoch)
      const further = { ...older, done: 5 }
      await store.saveImport(further, epoch)
      expect(await store.import(older.id)).toMatchObject({ job: further, isHeld: true })
      expect((await store.imports(2)).map(({ job }) => job)).toEqual([newer, further])
      await store.leave(epoch)
      expect(await store.import(older.id)).toMatchObject({ job: further, isHeld: false })
      expect(await store.import('unknown')).toBeNull()
    })
  })
}
