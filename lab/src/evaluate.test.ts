import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isoDate } from '@candlewatch/core/interval'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runEvaluate } from './evaluate.ts'
import { syntheticHours } from './report/rehearsal.suite.ts'
import { runTrain } from './train.ts'

let folder: string
// 45 days to train on, to 14 February, and 60 hours after them.
const [trainingBars, laterBars] = [1_080, 60]
const series = syntheticHours(trainingBars + laterBars)
const dateOf = (bar: (typeof series.bars)[number]) => isoDate(bar.ts - series.intervalMs)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'candlewatch-evaluate-'))
  const write = (name: string, lines: readonly string[]) => writeFile(join(folder, name), lines.join('\n'))
  const rows = series.bars.map(b => [dateOf(b), b.open, b.high, b.low, b.close, b.volume].join(','))
  await write('rows.csv', ['date,open,high,low,close,volume', ...rows])
  const known = series.bars.slice(trainingBars + 10, trainingBars + 50)
  await write('perfect-low.csv', ['low,Date,high', ...known.map(b => [b.low, dateOf(b), b.high + 1].join(','))])
  await write('other-days.csv', ['date,high,low', '1999-01-01,2,1'])
  await write('words.csv', ['date,high,low', '2021-01-05,high,1'])
  await write('events.csv', ['start_utc,hours,tier,label', '2021-02-16T03,2,1,made up', '2021-01-01,1,2,earlier'])
  await write('no-hours.csv', ['start_utc,hours', '2021-02-16T03,none'])
  await write('no-low.csv', ['date,high', '2021-01-05,1'])
  const small = '--units 2 --lookback 4 --epochs 1 --members 1 --to 2021-02-15 --name tiny'.split(' ')
  const output = { isTTY: false, line: () => {}, error: () => {} }
  expect(await runTrain([...csv(), '--models', folder, ...small], output, new AbortController().signal)).toBe(0)
})
afterAll(() => rm(folder, { recursive: true }))

async function evaluate(...args: string[]) {
  const lines: string[] = []
  const errors: string[] = []
  const output = { isTTY: false, line: (text: string) => lines.push(text), error: (text: string) => errors.push(text) }
  return { code: await runEvaluate(args, output), text: lines.join('\n'), errors }
}

const csv = () => ['--csv', join(folder, 'rows.csv')]
const tiny = () => [...csv(), '--models', folder, '--name', 'tiny']

describe('npm run evaluate', () => {
  it('prints within 100 columns, and writes the same numbers as JSON, Markdown and a page of its own', async () => {
    const file = (name: string) => join(folder, 'out', name)
    const outputs = ['--json', file('card.json'), '--html', file('card.html'), '--markdown', file('card.md')]
    const peer = ['--peer', join(folder, 'perfect-low.csv')]
    const { code, text, errors } = await evaluate(...tiny(), ...peer, ...outputs)
    expect({ code, errors }).toEqual({ code: 0, errors: [] })
    const tables = text.slice(0, text.indexOf('\n\nWritten'))
    expect(Math.max(...tables.split('\n').map(line => line.length))).toBeLessThanOrEqual(100)

    const card = JSON.parse(await readFile(file('card.json'), 'utf8'))
    expect(card).toMatchObject({ rows: 60, from: '2021-02-15T00:00:00Z', to: '2021-02-17T12:00:00Z' })
    expect(card.byPeriod).toHaveLength(1)
    expect(card.coverageByMonth).toMatchObject([{ month: '2021-02', rows: 60 }])
    expect(card.peers).toEqual([{ name: 'perfect-low', rows: 40 }])
    expect(card.forecast.low.peers['perfect-low'].mae).toBe(0)
    expect(card.forecast.high.peers['perfect-low'].mae).toBeCloseTo(1, 6)
    for (const price of ['high', 'low']) {
      const { mae, mape, rmse, coverage90, baselines } = card.forecast[price]
      expect([mae, mape, rmse, coverage90, baselines.naive.mae, baselines.lastClose.mae].every(x => x > 0)).toBe(true)
      // The JSON's six digits may round to the other cent.
      const shown = [mae - 5e-4, mae + 5e-4].map(x => x.toFixed(2))
      for (const found of [
        tables,
        await readFile(file('card.md'), 'utf8'),
        await readFile(file('card.html'), 'utf8'),
      ]) {
        expect(shown.some(cents => found.includes(cents))).toBe(true)
      }
    }
    const page = await readFile(file('card.html'), 'utf8')
    expect(page).not.toMatch(/https?:|<script|NaN|undefined/)
  })

  it('with labels every output has detection next to the forecast, without the label outside of the range', async () => {
    const file = (name: string) => join(folder, 'out', name)
    const outputs = ['--json', file('d.json'), '--html', file('d.html'), '--markdown', file('d.md')]
    const labels = ['--labels', join(folder, 'events.csv'), '--alarms-per-week', '2']
    const { code, text } = await evaluate(...tiny(), ...labels, ...outputs)
    expect(code).toBe(0)
    expect(
      Math.max(
        ...text
          .split('\n\nWritten')[0]!
          .split('\n')
          .map(line => line.length),
      ),
    ).toBeLessThanOrEqual(100)
    const { detection } = JSON.parse(await readFile(file('d.json'), 'utf8'))
    expect(detection).toMatchObject({ promisedPerWeek: 2, labels: { judged: 1, tier1: 1, leftOut: 1 } })
    expect(detection).toMatchObject({
      rateByMonth: { '2021-02': { bars: 60 } },
      injections: { spike: { injected: 0 } },
    })
    expect(detection.recall === 0 || detection.recall === 1).toBe(true)
    const fields = ['alarms', 'alarmsPerWeek', 'recallTier1', 'precision', 'medianDelayHours', 'episodes', 'detectors']
    expect(Object.keys(detection)).toEqual(expect.arrayContaining(fields))
    for (const found of [text, await readFile(file('d.md'), 'utf8'), await readFile(file('d.html'), 'utf8')]) {
      expect(found).toContain('Price change only')
      expect(found).toContain('1 events of events.csv')
      expect(found).not.toMatch(/NaN|undefined|Infinity/)
    }
  })

  it('without labels detection has no figures that need them, and with --no-detection there is none', async () => {
    const json = join(folder, 'out', 'plain.json')
    const { text } = await evaluate(...tiny(), '--json', json)
    expect(text).toContain('Without --labels')
    const { detection } = JSON.parse(await readFile(json, 'utf8'))
    expect(detection).toMatchObject({ labels: null, recall: null, precision: null, promisedPerWeek: 1 })
    const { text: short } = await evaluate(...tiny(), '--no-detection', '--json', json)
    expect(short).not.toContain('episode')
    expect(JSON.parse(await readFile(json, 'utf8')).detection).toBeNull()
  })

  it('rows that the model was trained on give a warning; a version folder is accepted in place of a name', async () => {
    const version = (await readdir(join(folder, 'tiny')))[0] as string
    const { text } = await evaluate(...csv(), '--model', join(folder, 'tiny', version), '--from', '2021-02-14')
    expect(text).toContain('WARNING: 24 of 84 rows are not after')
    expect((await evaluate(...tiny())).text).not.toContain('WARNING')
  })

  it('several files give a table, and the one that is not there does not stop the others', async () => {
    const file = (name: string) => join(folder, 'out', name)
    const outputs = ['--json', file('t.json'), '--html', file('t.html'), '--markdown', file('t.md')]
    const rows = join(folder, 'rows.csv')
    const missing = join(folder, 'none.csv')
    const more = ['--csv', rows, '--csv', missing, rows, '--models', folder, '--name', 'tiny']
    const { code, text, errors } = await evaluate(...more, ...outputs)
    expect(code).toBe(1)
    expect(errors).toContainEqual(expect.stringMatching(/^error ERR_CSV_MISSING: .*none.csv/))
    expect(text).toContain('2 streams, budget 1 a week')
    const { streams, troubles } = JSON.parse(await readFile(file('t.json'), 'utf8'))
    expect(streams).toHaveLength(2)
    expect(streams[1]).toEqual(streams[0])
    expect(streams[0]).toMatchObject({ file: 'rows.csv', bars: 60, warmUpBars: 0, judgedShare: 1, interval: '1h' })
    expect(troubles).toMatchObject([{ file: 'none.csv', code: 'ERR_CSV_MISSING' }])
    expect(await readFile(file('t.html'), 'utf8')).toContain('none.csv')
    expect(await readFile(file('t.md'), 'utf8')).toContain('| stream |')
  })

  it('--table makes a table of one file', async () => {
    const { code, text } = await evaluate(...tiny(), '--table')
    expect(code).toBe(0)
    expect(text).toContain('1 stream, budget 1 a week')
  })

  it.each([
    ['a file that is not there', ['--csv', 'nowhere.csv', '--name', 'tiny'], /^error ERR_CSV_MISSING: .*nowhere.csv/],
    ['no file', [], /--csv/],
    ['a budget below zero', ['--csv', 'x', '--alarms-per-week', '-1'], /--alarms-per-week.*Expected a number from 0/],
    ['labels with several files', ['--csv', 'x', 'y', '--labels', 'z'], /^error ERR_OPTION_INVALID: .*--labels/],
    ['a table without files', ['--table'], /^error ERR_OPTION_INVALID: .*--csv/],
    ['30 February', ['--csv', 'x', '--from', '2021-02-30'], /--from.*Expected a date/],
  ])('%s ends with exit code 1 and one line', async (_, args, message) => {
    const { code, errors } = await evaluate('--models', folder, ...args)
    expect(code).toBe(1)
    expect(errors).toEqual([expect.stringMatching(message)])
    expect(errors[0]).not.toContain('\n')
  })

  it.each([
    ['a model that is not there', ['--name', 'eth-usd-1h'], /^error ERR_MODEL_MISSING: .*eth-usd-1h/],
    ['a model folder that is not there', ['--model', '/nowhere/a/b'], /^error ERR_MODEL_MISSING: .*a b/],
    ['no row in the range', ['--from', '2022-01-01'], /^error ERR_RANGE_EMPTY: .*--from/],
    ['labels without hours', ['--labels', 'no-hours.csv'], /^error ERR_CSV_ROW: no-hours.csv, line 2, column hours/],
    ['labels that are not there', ['--labels', 'none.csv'], /^error ERR_CSV_MISSING: .*none.csv/],
    ['a peer of other days', ['--peer', 'other-days.csv'], /^error ERR_PEER_INVALID: other-days/],
    ['a peer with words', ['--peer', 'words.csv'], /^error ERR_PEER_INVALID: words.csv, line 2, column high/],
    ['a peer without columns', ['--peer', 'no-low.csv'], /^error ERR_PEER_INVALID: no-low.csv, line 1/],
  ])('%s ends with exit code 1 and one line', async (_, args, message) => {
    const { code, errors } = await evaluate(
      ...tiny(),
      ...args.map(arg => (arg.endsWith('.csv') ? join(folder, arg) : arg)),
    )
    expect(code).toBe(1)
    expect(errors).toEqual([expect.stringMatching(message)])
  })
})
