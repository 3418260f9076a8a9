import { expect, it } from 'vitest'
import { ByteReader, ByteWriter } from './bytes.ts'

it('blocks come back in order, to the last bit, empty ones and infinities too', () => {
  const to = new ByteWriter()
  to.doubles([Math.PI, Number.NEGATIVE_INFINITY, -0])
  to.words(Uint16Array.of(65_535))
  to.longs(Uint32Array.of(4_294_967_295))
  to.doubles([])
  to.singles(Float32Array.of(0.1))
  const from = new ByteReader(to.bytes())
  expect([...from.doubles()]).toEqual([Math.PI, Number.NEGATIVE_INFINITY, -0])
  expect([...from.words()]).toEqual([65_535])
  expect([...from.longs()]).toEqual([4_294_967_295])
  expect(from.doubles().length).toBe(0)
  expect([...from.singles()]).toEqual([Math.fround(0.1)])
})
