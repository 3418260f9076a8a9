import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Row } from '@candlewatch/api/bars'
import { isoDate } from '@candlewatch/core/interval'
import { hourMs } from '@candlewatch/core/time'
import { expect, onTestFinished, test } from 'vitest'
import { rowsFrom, sourceContract } from '../contract/source.suite.ts'
import { csvSource } from './source.ts'

const header = 'date,open,high,low,close,volume\n'
const lineOf = ({ date, open, high, low, close, volume }: Row) =>
  `${isoDate(date)},${open},${high},${low},${close},${volume}\n`

async function newFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'candlewatch-source-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return join(folder, 'rows.csv')
}

const stream = { market: 'test:A-USD', intervalMs: hourMs } as const

sourceContract('a CSV file', async rows => {
  const file = await newFile()
  await writeFile(file, header + rows.map(lineOf).join(''))
  let isBroken = false
  return {
    source: csvSource(file, stream),
    async add(added) {
      if (isBroken) await writeFile(file, header)
      isBroken = false
      await appendFile(file, added.map(lineOf).join(''))
    },
    async break() {
      await rm(file)
      isBroken = true
    },
  }
})

test('a file that is newest first is delivered oldest first, equal rows once', async () => {
  const file = await newFile()
  const rows = rowsFrom(0, 5)
  await writeFile(file, header + [...rows, ...rows].reverse().map(lineOf).join(''))
  for await (const batch of csvSource(file, stream).read(null, new AbortController().signal)) {
    expect(batch).toEqual({ rows, position: '2021-01-01T04:00:00Z' })
  }
  expect.assertions(1)
})

test('an invalid line ends reading with its position in the file', async () => {
  const file = await newFile()
  await writeFile(file, `${header}${rowsFrom(0, 2).map(lineOf).join('')}2021-01-01T02:00:00Z,1,2,3,x,0\n`)
  const source = csvSource(file, stream)
  const iteration = source.read(null, new AbortController().signal)[Symbol.asyncIterator]()
  await expect(iteration.next()).rejects.toMatchObject({ code: 'ERR_CSV_ROW' })
  expect(source.health()).toMatchObject({ state: 'failed', error: { code: 'ERR_CSV_ROW' } })
})
