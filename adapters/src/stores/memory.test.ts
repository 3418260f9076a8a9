import { expect, test } from 'vitest'
import { storeContract } from './contract.suite.ts'
import { memoryStore } from './memory.ts'

storeContract('the store in memory', async () => memoryStore())

test('an empty store has no verdict and no stream', async () => {
  const store = memoryStore()
  expect(await store.lastSeq()).toBe(0)
  expect(await store.streams()).toEqual([])
})
