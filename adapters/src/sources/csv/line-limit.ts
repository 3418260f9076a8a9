import { Transform } from 'node:stream'

/** The longest line of a file, in bytes. */
export const maxLineBytes = 10_000

const [lineFeed, carriageReturn] = [10, 13]

// Some thousand faulty lines at most, each of which takes the parser long: others get their turn in between.
const bytesPerTurn = 4 * 2 ** 10

/**
 * Passes bytes on until a line is longer than allowed, then ends with the error that `tooLong` makes. It passes on a little
 * in each turn of the event loop, so that a file which arrives at once does not keep out everything else.
 */
export function lineLimit(tooLong: () => Error): Transform {
  /** How many bytes the line under way has so far. */
  let begun = 0
  return new Transform({
    transform(piece: Buffer, _encoding, done) {
      begun = lengthOfRest(piece, begun)
      if (begun > maxLineBytes) {
        done(tooLong())
        return
      }
      const pass = (from: number) => {
        const to = from + bytesPerTurn
        this.push(piece.subarray(from, to))
        setImmediate(() => (to < piece.length && !this.destroyed ? pass(to) : done()))
      }
      pass(0)
    },
  })
}

/** The length of the line that a piece ends with; one that is too long if there is such a line anywhere in it. */
function lengthOfRest(piece: Buffer, begun: number): number {
  let [at, before] = [0, begun]
  // Where a line may still end: only the last end in that range is looked for, not every line.
  while (at + maxLineBytes - before < piece.length) {
    const latest = at + maxLineBytes - before
    const end = Math.max(piece.lastIndexOf(lineFeed, latest), piece.lastIndexOf(carriageReturn, latest))
    if (end < at) return maxLineBytes + 1
    ;[at, before] = [end + 1, 0]
  }
  const end = Math.max(piece.lastIndexOf(lineFeed), piece.lastIndexOf(carriageReturn))
  return end < at ? before + piece.length - at : piece.length - end - 1
}
