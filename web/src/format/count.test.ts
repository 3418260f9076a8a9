import { expect, test } from 'vitest'
import { countBy, counted, formatBytes } from './count.ts'

test('a count has thousands separators and the right plural', () => {
  expect([0, 1, 2_300].map(count => counted(count, 'row'))).toEqual(['0 rows', '1 row', '2,300 rows'])
  expect(counted(2, 'more fault', 'more faults')).toBe('2 more faults')
})

test('sizes have a readable unit', () => {
  expect([1, 999, 1_500, 2_345_678].map(formatBytes)).toEqual(['1 byte', '999 bytes', '1 kB', '2.2 MB'])
})

test('each value is counted', () => {
  expect([...countBy(['a', 'b', 'a'])]).toEqual([
    ['a', 2],
    ['b', 1],
  ])
})
