/** Some of the scores of a past, oldest first: `times` are seconds. */
export interface ScoresInTime {
  readonly scores: Float32Array
  readonly times: Uint32Array
}

// More than there are peaks in a memory.
const mostScores = 8_192

/**
 * The levels at which these scores make one episode, two, and so on, descending: the k-th is the highest at which those at
 * least as large make k episodes. Scores `mergeS` seconds apart or less are one episode.
 */
export function episodeLevels({ scores, times }: ScoresInTime, mergeS: number): number[] {
  const largestFirst = orderOf(scores)
  const counts = episodeCounts(largestFirst, times, mergeS)
  const levels: number[] = []
  largestFirst.forEach((place, i) => {
    if ((counts[i] as number) > levels.length) levels.push(scores[place] as number)
  })
  return levels
}

/** Places of the scores, largest first; of equals the older first. Sorting bare numbers is many times as fast as sorting places by them. */
function orderOf(scores: Float32Array): Uint16Array {
  const bits = new Int32Array(scores.slice().buffer)
  const keys = new Float64Array(scores.length)
  for (let i = 0; i < scores.length; i++) {
    const pattern = bits[i] as number
    // The patterns of floats are in their order, those below zero the other way round.
    keys[i] = -(pattern < 0 ? pattern ^ 0x7fffffff : pattern) * mostScores + i
  }
  keys.sort()
  const places = new Uint16Array(scores.length)
  for (let i = 0; i < scores.length; i++) {
    const key = keys[i] as number
    places[i] = key - Math.floor(key / mostScores) * mostScores
  }
  return places
}

/** How many episodes the largest score makes, the two largest, and so on: the smallest are taken out one by one. */
function episodeCounts(largestFirst: Uint16Array, times: Uint32Array, mergeS: number): Uint16Array {
  const { length } = largestFirst
  // Neighbours in time, one place on: 0 and length + 1 are none.
  const [earlier, later] = [new Uint16Array(length + 2), new Uint16Array(length + 2)]
  for (let i = 1; i <= length; i++) {
    earlier[i] = i - 1
    later[i] = i + 1
  }
  const isNear = (a: number, b: number) =>
    a > 0 && b <= length && (times[b - 1] as number) - (times[a - 1] as number) <= mergeS ? 1 : 0
  let episodes = length
  for (let i = 1; i < length; i++) episodes -= isNear(i, i + 1)
  const counts = new Uint16Array(length)
  for (let i = length - 1; i >= 0; i--) {
    counts[i] = episodes
    const place = (largestFirst[i] as number) + 1
    const [before, after] = [earlier[place] as number, later[place] as number]
    // Taken from between two that stay one episode, it changes nothing.
    episodes += isNear(before, place) + isNear(place, after) - isNear(before, after) - 1
    later[before] = after
    earlier[after] = before
  }
  return counts
}
