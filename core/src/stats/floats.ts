/** Numbers as bytes and back, to the last bit, little-endian on every machine. */
export function floatsToBytes(values: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 8))
  values.forEach((x, i) => {
    view.setFloat64(i * 8, x, true)
  })
  return new Uint8Array(view.buffer)
}

export function floatsFromBytes(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Array.from({ length: bytes.byteLength / 8 }, (_, i) => view.getFloat64(i * 8, true))
}
