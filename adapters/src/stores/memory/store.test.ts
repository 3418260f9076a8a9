import { expect, test } from 'vitest'
import { storeContract } from '../contract/store.suite.ts'
import { memoryStore } from './store.ts'

storeContract('the store in memory', async () => memoryStore())

test('an empty store has no verdict and no stream', async () => {
  const store = memoryStore()
  expect(await store.lastSeq()).toBe(0)
  expect(await store.streams()).toEqual([])
})
