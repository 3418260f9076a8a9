import UPNG from 'upng-js'

/** Fewer, and the episodes' bands begin to look alike. */
const mostColours = 96

/** The same picture with a palette: a third of the bytes. */
export function smaller(png: Buffer): Buffer {
  const { width, height, ...image } = UPNG.decode(new Uint8Array(png).buffer)
  const pixels = UPNG.toRGBA8({ width, height, ...image })
  return Buffer.from(UPNG.encode(pixels, width, height, mostColours))
}
