import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readArtifact } from '@candlewatch/adapters/models/model-files'
import { makePipeline } from '@candlewatch/core/engine/pipeline'
import { loadModel } from '@candlewatch/core/forecast/artifact'
import { isoDate } from '@candlewatch/core/interval'
import type { Verdict } from '@candlewatch/core/types'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { scoredRow, toScoresCsv } from './backtest/scores.ts'
import { runBacktest } from './backtest.ts'
import { syntheticHours } from './report/rehearsal.suite.ts'
import { runTrain } from './train.ts'

let folder: string
// 45 days to train on, to 14 February, and 20 days after them.
const [trainingBars, laterBars] = [1_080, 480]
const series = syntheticHours(trainingBars + laterBars)
const openOf = (bar: (typeof series.bars)[number]) => isoDate(bar.ts - series.intervalMs)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'candlewatch-backtest-'))
  const rows = series.bars.map(b => [openOf(b), b.open, b.high, b.low, b.close, b.volume].join(','))
  await write('rows.csv', ['date,open,high,low,close,volume', ...rows])
  await write(
    'values.csv',
    Array.from({ length: 600 }, (_, i) => `${1_400_000_000 + 300 * i},${i === 500 ? 9 : Math.sin(i * i)}`),
  )
  await write('repeated.csv', ['timestamp,value', '2014-04-01 00:00:00,1', '2014-04-01 00:00:00,2'])
  await write('words.csv', ['timestamp,value', '2014-04-01 00:00:00,1', '2014-04-01 00:05:00,n/a'])
  const small = '--units 2 --lookback 4 --epochs 1 --members 1 --to 2021-02-15 --name tiny'.split(' ')
  const output = { isTTY: false, line: () => {}, error: () => {} }
  const trained = runTrain(
    ['--csv', at('rows.csv'), '--models', folder, ...small],
    output,
    new AbortController().signal,
  )
  expect(await trained).toBe(0)
})
afterAll(() => rm(folder, { recursive: true }))

const at = (name: string) => join(folder, name)
const write = (name: string, lines: readonly string[]) => writeFile(at(name), `${lines.join('\n')}\n`)

async function backtest(...args: string[]) {
  const lines: string[] = []
  const errors: string[] = []
  const output = { isTTY: false, line: (text: string) => lines.push(text), error: (text: string) => errors.push(text) }
  return { code: await runBacktest(args, output), text: lines.join('\n'), errors }
}

const tiny = () => ['--csv', at('rows.csv'), '--models', folder, '--name', 'tiny']

/** The engine itself, as live has it. */
async function engineVerdicts(alarmsPerWeek: number): Promise<Verdict[]> {
  const model = await loadModel(await readArtifact(folder, 'tiny'))
  const { intervalMs, bars } = series
  const pipeline = makePipeline({ market: 'bitstamp:BTC-USD', intervalMs, alarmsPerWeek }, model)
  for (const bar of bars.slice(0, trainingBars)) pipeline.warmUp(bar)
  return bars.slice(trainingBars).map(bar => pipeline.step(bar))
}

describe('npm run backtest with candles', () => {
  it("--scores is one row a bar, and the engine's own verdicts byte for byte", async () => {
    const { code, errors } = await backtest(...tiny(), '--scores', at('out/scores.csv'))
    expect({ code, errors }).toEqual({ code: 0, errors: [] })
    const written = await readFile(at('out/scores.csv'), 'utf8')
    expect(written).toBe(toScoresCsv((await engineVerdicts(1)).map(scoredRow)))
    expect(written.trimEnd().split('\n')).toHaveLength(1 + laterBars)
    expect(written.split('\n')[0]).toBe('date,value,score,pValue,isAnomaly,status,lane')
    expect(await readdir(at('out'))).toEqual(['scores.csv'])
  })

  it('warm-up rows are included with empty cells', async () => {
    await backtest(...tiny(), '--from', '2021-01-01', '--to', '2021-01-02', '--scores', at('early.csv'))
    const lines = (await readFile(at('early.csv'), 'utf8')).trimEnd().split('\n')
    expect(lines).toHaveLength(1 + 24)
    expect(lines[1]).toMatch(/^2021-01-01T00:00:00Z,[\d.]+,,,false,warming-up,$/)
  })

  it('prints the alarms of the budget, within 100 columns, and writes them all as JSON', async () => {
    const { text } = await backtest(...tiny(), '--alarms-per-week', '5', '--limit', '2', '--json', at('all.json'))
    const all = JSON.parse(await readFile(at('all.json'), 'utf8'))
    expect(all).toMatchObject({ rows: laterBars, alarmsPerWeek: 5, from: '2021-02-15T00:00:00Z' })
    expect(all.episodes).toHaveLength(all.alarms)
    expect(all.alarms).toBeGreaterThan(2)
    expect(text).toContain(`With this budget there would have been ${all.alarms} alarms`)
    expect(text).toContain(`2 of ${all.alarms}, most severe first`)
    const table = text.slice(text.indexOf('start (UTC)'), text.indexOf('\n\nWritten')).split('\n')
    expect(table).toHaveLength(3)
    expect(Math.max(...table.map(line => line.length))).toBeLessThanOrEqual(100)
  })

  it('the numbers of added and removed alarms under another budget add up, and are zero under the same budget', async () => {
    const { text } = await backtest(...tiny(), '--against-alarms-per-week', '5', '--json', at('against.json'))
    const { alarms, against, comparison } = JSON.parse(await readFile(at('against.json'), 'utf8'))
    expect(comparison.both + comparison.fewer.length).toBe(alarms)
    expect(text).toContain(
      `${against.alarms} alarms, ${comparison.more.length} more, ${comparison.fewer.length} fewer, ${comparison.both} in both`,
    )
    const version = (await readdir(at('tiny')))[0] as string
    expect((await backtest(...tiny(), '--against-model', at(`tiny/${version}`))).text).toContain('0 more, 0 fewer')
  })
})

describe('npm run backtest with a series of values', () => {
  it('one row a measurement, the spike among the alarms', async () => {
    const { code, text } = await backtest('--series', at('values.csv'), '--scores', at('v.csv'), '--json', at('v.json'))
    expect(code).toBe(0)
    const lines = (await readFile(at('v.csv'), 'utf8')).trimEnd().split('\n')
    expect(lines).toHaveLength(1 + 600)
    expect(lines[1]).toBe('2014-05-13T16:53:20Z,0,,,false,warming-up,')
    expect(lines[501]).toMatch(/^2014-05-15T10:33:20Z,9,[\d.]+,[\d.]+,true,anomaly,market$/)
    expect(text).toContain('9 at 2014-05-15 10:33')
    expect(JSON.parse(await readFile(at('v.json'), 'utf8')).rows).toBe(600)
  })

  it('repeated rows are accepted as they are with the option for it', async () => {
    const { code, text } = await backtest('--series', at('repeated.csv'), '--as-listed')
    expect(code).toBe(0)
    expect(text).toContain('2 rows')
  })
})

describe('errors end with exit code 1, one line, and nothing written', () => {
  it.each([
    ['neither source', [], /^error ERR_OPTION_INVALID: .*--csv FILE or --database MARKET/],
    ['both sources', ['--csv', 'rows.csv', '--series', 'values.csv'], /^error ERR_OPTION_INVALID: .*--series/],
    ['a range for a series', ['--series', 'values.csv', '--from', '2021-01-01'], /^error ERR_OPTION_INVALID: .*--from/],
    ['a share for candles', ['--csv', 'rows.csv', '--alarm-share', '.1'], /^error ERR_OPTION_INVALID: .*--alarm-share/],
    ['a budget below 0', ['--csv', 'rows.csv', '--alarms-per-week', '-1'], /^error ERR_OPTION_INVALID: .*week/],
    ['a file that is not there', ['--csv', 'nowhere.csv', '--name', 'tiny'], /^error ERR_CSV_MISSING/],
    ['a series that is not there', ['--series', 'nowhere.csv'], /^error ERR_CSV_MISSING/],
    ['candles as a series', ['--series', 'rows.csv'], /^error ERR_CSV_LAYOUT: rows.csv, line 1: .*found 6.*--csv/],
    ['a timestamp twice', ['--series', 'repeated.csv'], /^error ERR_CSV_ROW: repeated.csv, line 3: .*line 2.*again/],
    ['a word for a number', ['--series', 'words.csv'], /^error ERR_CSV_ROW: words.csv, line 3, column 2: .*"n\/a"/],
    ['no row in the range', ['--csv', 'rows.csv', '--name', 'tiny', '--from', '2022-01-01'], /^error ERR_RANGE_EMPTY/],
  ])('%s', async (_, args, message) => {
    const places = args.map(arg => (arg.endsWith('.csv') ? at(arg) : arg))
    const models = args.includes('--series') ? [] : ['--models', folder]
    const { code, errors } = await backtest(...places, ...models, '--scores', at('none/s.csv'))
    expect(code).toBe(1)
    expect(errors).toEqual([expect.stringMatching(message)])
    expect(errors[0]).not.toContain('\n')
    await expect(readdir(at('none'))).rejects.toThrow('ENOENT')
  })

  it('if the second file cannot be written, the first one is removed', async () => {
    await write('taken', ['a file'])
    const outputs = ['--scores', at('left/s.csv'), '--json', at('taken/x.json')]
    const { code, errors } = await backtest('--series', at('values.csv'), ...outputs)
    expect(code).toBe(1)
    expect(errors).toEqual([expect.stringMatching(/^error ERR_OPTION_INVALID: .*x.json/)])
    expect(await readdir(at('left'))).toEqual([])
  })
})
