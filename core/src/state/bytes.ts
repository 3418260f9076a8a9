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

/** Blocks of numbers as bytes, each behind its length, little-endian on every machine: to the last bit. */
export class ByteWriter {
  readonly #parts: Uint8Array[] = []

  /** 64 bits each. */
  doubles(values: ArrayLike<number>): this {
    return this.#block(values.length, 8, (view, i) => view.setFloat64(4 + i * 8, values[i]!, true))
  }

  /** 32 bits each. */
  singles(values: Float32Array): this {
    return this.#block(values.length, 4, (view, i) => view.setFloat32(4 + i * 4, values[i]!, true))
  }

  /** Whole numbers from 0 to 4,294,967,295. */
  longs(values: Uint32Array): this {
    return this.#block(values.length, 4, (view, i) => view.setUint32(4 + i * 4, values[i]!, true))
  }

  /** Whole numbers from 0 to 65,535. */
  words(values: Uint16Array): this {
    return this.#block(values.length, 2, (view, i) => view.setUint16(4 + i * 2, values[i]!, true))
  }

  #block(length: number, size: number, set: (view: DataView, i: number) => void): this {
    const view = new DataView(new ArrayBuffer(4 + length * size))
    view.setUint32(0, length, true)
    for (let i = 0; i < length; i++) set(view, i)
    this.#parts.push(new Uint8Array(view.buffer))
    return this
  }

  bytes(): Uint8Array {
    const bytes = new Uint8Array(this.#parts.reduce((sum, part) => sum + part.length, 0))
    let at = 0
    for (const part of this.#parts) {
      bytes.set(part, at)
      at += part.length
    }
    return bytes
  }
}

/** Reads the blocks in the order in which a `ByteWriter` wrote them. */
export class ByteReader {
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  doubles(): Float64Array {
    return this.#block(new Float64Array(this.#length()), 8, at => this.#view.getFloat64(at, true))
  }

  singles(): Float32Array {
    return this.#block(new Float32Array(this.#length()), 4, at => this.#view.getFloat32(at, true))
  }

  longs(): Uint32Array {
    return this.#block(new Uint32Array(this.#length()), 4, at => this.#view.getUint32(at, true))
  }

  words(): Uint16Array {
    return this.#block(new Uint16Array(this.#length()), 2, at => this.#view.getUint16(at, true))
  }

  #length(): number {
    this.#at += 4
    return this.#view.getUint32(this.#at - 4, true)
  }

  #block<T extends Float64Array | Float32Array | Uint32Array | Uint16Array>(
    values: T,
    size: number,
    get: (at: number) => number,
  ): T {
    for (let i = 0; i < values.length; i++) values[i] = get(this.#at + i * size)
    this.#at += values.length * size
    return values
  }
}
