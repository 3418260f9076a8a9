import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readLabels } from './labels.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'candlewatch-labels-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function read(...lines: string[]) {
  const file = join(folder, 'events.csv')
  await writeFile(file, lines.join('\n'))
  return readLabels(file)
}

const hourMs = 3_600_000
const start = Date.UTC(2021, 4, 19, 11)

describe('labels', () => {
  it('columns in any order, more of them, an hour without minutes, quotes and empty lines: oldest first', async () => {
    const { file, events } = await read(
      '\uFEFFhours,extreme_pct,START_UTC,tier,label',
      '2.5,-9,2021-05-21T14,2,"China"',
      '',
      '6,-23.5,2021-05-19T11:00:00Z,1,capitulation',
    )
    expect(file).toBe('events.csv')
    expect(events).toEqual([
      { startMs: start, endMs: start + 6 * hourMs, tier: 1, label: 'capitulation' },
      { startMs: start + 51 * hourMs, endMs: start + 53.5 * hourMs, tier: 2, label: 'China' },
    ])
  })

  it('start and hours are enough and give tier 1 without a label', async () => {
    expect((await read('start_utc,hours', '2021-05-19 11:00,1')).events).toEqual([
      { startMs: start, endMs: start + hourMs, tier: 1, label: '' },
    ])
  })

  it.each([
    ['no columns', ['a,b', '1,2'], 'ERR_CSV_LAYOUT', /^events.csv, line 1: expected the columns start_utc and hours/],
    ['no event', ['start_utc,hours', ''], 'ERR_CSV_EMPTY', /line 2: expected at least one event/],
    [
      'no date',
      ['start_utc,hours', '2021-05-19,1', 'soon,1'],
      'ERR_CSV_ROW',
      /line 3, column start_utc: .*found "soon"/,
    ],
    ['no length', ['start_utc,hours', '2021-05-19,0'], 'ERR_CSV_ROW', /line 2, column hours: expected a positive/],
    ['a missing cell', ['start_utc,hours', '2021-05-19'], 'ERR_CSV_ROW', /line 2, column hours: .*found ""/],
    ['half a tier', ['start_utc,hours,tier', '2021-05-19,1,1.5'], 'ERR_CSV_ROW', /line 2, column tier: .*found "1.5"/],
  ])('%s is refused with the line and what was expected', async (_, lines, code, message) => {
    await expect(read(...lines)).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
  })

  it('a missing file is refused', async () => {
    await expect(readLabels(join(folder, 'none.csv'))).rejects.toMatchObject({ code: 'ERR_CSV_MISSING' })
  })
})
