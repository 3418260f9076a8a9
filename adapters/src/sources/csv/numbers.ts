const blockLength = 2 ** 16

/** A list of numbers that grows outside the heap: 2 million numbers take 16 MB and leave the heap for other things. */
export interface Numbers {
  readonly length: number
  push(value: number): void
  /** Throws a RangeError for an index that does not exist. */
  at(index: number): number
}

/** Makes an empty list. */
export function makeNumbers(): Numbers {
  const blocks: Float64Array[] = []
  let length = 0
  return {
    get length() {
      return length
    },
    push(value) {
      if (length % blockLength === 0) blocks.push(new Float64Array(blockLength))
      const block = blocks.at(-1)
      if (block) block[length % blockLength] = value
      length += 1
    },
    at(index) {
      const value = index < length ? blocks[Math.floor(index / blockLength)]?.[index % blockLength] : undefined
      if (value === undefined) throw new RangeError(`Expected an index below ${length}, found ${index}.`)
      return value
    },
  }
}
