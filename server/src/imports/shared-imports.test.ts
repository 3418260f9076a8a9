import { memoryStore } from '@candlewatch/adapters/stores/memory/store'
import type { Import } from '@candlewatch/api/imports'
import type { Ms } from '@candlewatch/core/types'
import { expect, test } from 'vitest'
import { jsonOf, type Serving, serving } from '../serving.suite.ts'
import { ended, linesFrom, sendFile } from './files.suite.ts'

async function twoServers() {
  const store = memoryStore()
  return { store, a: await serving({ store }), b: await serving({ store }) }
}

const importsAt = async (server: Serving) =>
  (await jsonOf<{ imports: readonly Import[] }>(server.get('/api/imports'))).imports

test('an import is listed by every server, and by those that start later', async () => {
  const { store, a, b } = await twoServers()
  const begun = await jsonOf<Import>(sendFile(a, linesFrom(0, 20)))
  expect((await jsonOf<Import>(b.get(`/api/imports/${begun.id}`))).id).toBe(begun.id)
  const done = await ended(a, begun)
  await expect.poll(() => importsAt(b)).toEqual([done])
  expect(await importsAt(await serving({ store }))).toEqual([done])
})

test('an import can be stopped through another server', async () => {
  const { store, a, b } = await twoServers()
  const { appendHistory } = store
  store.appendHistory = async series => {
    // The stop arrives before the next batch.
    await new Promise(resolve => setTimeout(resolve, 20))
    return appendHistory(series)
  }
  a.nowMs.value = Date.UTC(2022, 0, 1) as Ms
  const begun = await jsonOf<Import>(sendFile(a, linesFrom(0, 8_000)))
  expect((await b.send('DELETE', `/api/imports/${begun.id}`, {})).status).toBe(200)
  expect(await ended(b, begun)).toMatchObject({ state: 'stopped' })
})

test('an import whose server was killed has failed, and says how far it got', async () => {
  const { store, a, b } = await twoServers()
  const begun = await jsonOf<Import>(sendFile(a, linesFrom(0, 20)))
  await ended(a, begun)
  const gone = await store.register({ address: null, key: '' }, 60_000)
  const running = { ...begun, id: 'cut-off', state: 'running' as const, done: 12 }
  await store.saveImport(running, gone)
  expect(await jsonOf(b.get('/api/imports/cut-off'))).toMatchObject({ state: 'running' })
  await store.leave(gone)
  const failed = await jsonOf<Import>(b.get('/api/imports/cut-off'))
  expect(failed).toMatchObject({ state: 'failed', done: 12, error: { code: 'ERR_IMPORT_INTERRUPTED' } })
  expect(failed.error?.detail).toContain('after 12 of its 20 rows')
})
