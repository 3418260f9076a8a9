/**
 * Several states as one: each part behind its length, little-endian.
 *
 * @example
 * const [first, second] = unpack(pack([a.save(), b.save()]))
 */
export function pack(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + 4 + part.length, 0))
  const view = new DataView(bytes.buffer)
  let at = 0
  for (const part of parts) {
    view.setUint32(at, part.length, true)
    bytes.set(part, at + 4)
    at += 4 + part.length
  }
  return bytes
}

/** The parts of a packed state, in their order. */
export function unpack(bytes: Uint8Array): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const parts: Uint8Array[] = []
  for (let at = 0; at < bytes.length; ) {
    const length = view.getUint32(at, true)
    parts.push(bytes.slice(at + 4, at + 4 + length))
    at += 4 + length
  }
  return parts
}
