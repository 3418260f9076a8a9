import { expect, test } from 'vitest'
import { episode } from './example.ts'
import { joinRows } from './join-rows.ts'

test('the newest episodes are asked for again: what was known before them stays', () => {
  const [old, growing, grown] = [episode(0, 0, 0), episode(9, 9, 9), episode(9, 9, 12)]
  expect(joinRows([old, growing], [grown], growing.start, ({ start }) => start)).toEqual([old, grown])
})
