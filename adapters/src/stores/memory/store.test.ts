import { expect, test } from 'vitest'
import { newStream, storeContract } from '../contract/store.suite.ts'
import { memoryStore } from './store.ts'

storeContract('the store in memory', async () => memoryStore())

test('an empty store has no verdict and no stream', async () => {
  const store = memoryStore()
  expect(await store.lastSeq(newStream())).toBe(0)
  expect(await store.streams()).toEqual([])
})
