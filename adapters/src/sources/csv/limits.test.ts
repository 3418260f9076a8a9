import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { makeFaultList } from './fault.ts'
import { readRows } from './rows.ts'

const header = 'date,open,high,low,close,volume'
const megabyte = 2 ** 20

/** Pieces as a socket delivers them, all there at once. */
function arriving(pieces: Iterable<string>): { readonly input: Readable; taken(): number } {
  let taken = 0
  function* counted() {
    for (const piece of pieces) {
      taken += 1
      yield Buffer.from(piece)
    }
  }
  return { input: Readable.from(counted()), taken: () => taken }
}

const repeated = (piece: string, count: number) => Array.from({ length: count }, () => piece)

async function read(pieces: readonly string[], maxFaults?: number) {
  const faults = makeFaultList(100)
  const { input, taken } = arriving(pieces)
  const done = readRows(input, 'rows.csv', faults.report, maxFaults === undefined ? {} : { maxFaults })
  return { faults, taken, ended: await done.catch((error: unknown) => error) }
}

test.each([
  ['of commas', ',', []],
  ['of letters', 'a', []],
  ['of commas after the header', ',', [`${header}\n`]],
])('a line without an end %s is refused before the rest is read', async (_what, letter, before) => {
  const { ended, taken } = await read([...before, ...repeated(letter.repeat(2 ** 16), 1_000)])
  expect(ended).toMatchObject({ code: 'ERR_CSV_LAYOUT' })
  expect(String(ended)).toContain('expected lines of at most 10000 bytes, found a longer one')
  expect(taken()).toBeLessThan(50)
})

test('a header of more than a hundred columns is refused', async () => {
  const { ended } = await read([`${header},${'x,'.repeat(200)}\n`])
  expect(ended).toMatchObject({ code: 'ERR_CSV_LAYOUT', message: expect.stringContaining('at most 100 columns') })
})

test.each(['\n', '\r\n', '\r'])('lines of almost 10,000 bytes are read, however they end (%j)', async end => {
  // Pieces end anywhere in a line.
  const line = `2021-03-01 00:00,100,110,90,105,2,${'x'.repeat(9_900)}`
  const text = [`${header},note`, ...repeated(line, 30)].join(end) + end
  const pieces = Array.from({ length: Math.ceil(text.length / 777) }, (_, i) => text.slice(i * 777, (i + 1) * 777))
  const faults = makeFaultList(100)
  const rows = await readRows(arriving(pieces).input, 'rows.csv', faults.report, { intervalMs: 3_600_000 as never })
  expect([rows.length, rows.repeated, faults.count]).toEqual([1, 29, 0])
})

test('reading ends after the first faults', async () => {
  const { faults, taken } = await read([`${header}\n`, ...repeated('x\n'.repeat(2 ** 15), 1_000)], 1_000)
  expect(faults.count).toBe(1_000)
  expect(faults.first.map(({ line }) => line)).toEqual(Array.from({ length: 100 }, (_, i) => i + 2))
  expect(taken()).toBeLessThan(50)
})

test('other work gets its turn while a file that has arrived is read', async () => {
  let turns = 0
  const count = setInterval(() => turns++, 0)
  const line = `2021-03-01 00:00,100,110,90,105,2\n`
  await read([`${header}\n`, ...repeated(line.repeat(1_900), Math.ceil((2 * megabyte) / line.length / 1_900))])
  clearInterval(count)
  expect(turns).toBeGreaterThan(5)
})
