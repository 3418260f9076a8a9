import { expect, test } from 'vitest'
import { firstWish, isNarrow, type Wish, wishOf, writeWish } from './wish.ts'

const written = (wish: Wish) => {
  const query = new URLSearchParams('market=a:b')
  writeWish(query, wish)
  return query.toString()
}
const wish: Wish = {
  ...{ kinds: ['critical', 'fault'], type: 'fall', lane: 'market', recency: '7d' },
  ...{ sortBy: 'seen by', descending: false },
}

test('what is wished for stands in the address and is read from there again', () => {
  const query = 'market=a%3Ab&severity=critical%2Cfault&type=fall&lane=market&last=7d&sort=-seen-by'
  expect(written(wish)).toBe(query)
  expect(wishOf(new URLSearchParams(query))).toEqual(wish)
})

test('the usual is left out, and taken out', () => {
  expect(written(firstWish)).toBe('market=a%3Ab')
  const query = new URLSearchParams(written(wish))
  writeWish(query, firstWish)
  expect(query.toString()).toBe('market=a%3Ab')
})

test('what an address gets wrong is as if it had not been asked', () => {
  const wrong = new URLSearchParams('severity=awful,low&type=crash&lane=bus&last=2d&sort=-mood')
  expect(wishOf(wrong)).toEqual({ ...firstWish, kinds: ['low'] })
})

test('sorting leaves nothing out, every filter does', () => {
  expect(isNarrow({ ...firstWish, sortBy: 'size' })).toBe(false)
  expect(
    [{ kinds: ['low'] }, { type: 'gap' }, { lane: 'feed' }, { recency: '1y' }].map(one =>
      isNarrow({ ...firstWish, ...(one as Partial<Wish>) }),
    ),
  ).toEqual([true, true, true, true])
})
