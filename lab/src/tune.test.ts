import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startBackend } from '@candlewatch/core/forecast/backend'
import { beforeAll, describe, expect, it } from 'vitest'
import { madeUp, recorder, temporaryFolder, writeCsv } from './series/series.suite.ts'
import { foldsOf, scoreFold } from './tune/folds.ts'
import { type Job, planRungs, type Result, runHalving } from './tune/halving.ts'
import { openJournal } from './tune/journal.ts'
import type { MakePool } from './tune/search.ts'
import { type Configuration, drawTrials, usual } from './tune/space.ts'
import { runTune } from './tune.ts'

const never = new AbortController().signal
const tiny: Configuration = {
  units: 3,
  lookback: 4,
  learningRate: 0.01,
  epochs: 1,
  batchSize: 256,
  weighting: 'scale',
  averaging: 0,
}

beforeAll(async () => {
  await startBackend()
})

describe('successive halving', () => {
  it.each([
    [27, [27, 9, 3], 1 / 9],
    [9, [9, 3], 1 / 3],
    [2, [2], 1],
  ])('with %i trials each rung keeps a third, and the last has all rows', (trials, kept, firstShare) => {
    const rungs = planRungs(trials)
    expect(rungs.map(r => r.trials)).toEqual(kept)
    expect(rungs[0]?.rowShare).toBeCloseTo(firstShare, 12)
    expect(rungs.at(-1)?.rowShare).toBe(1)
  })

  it('the best by mean over folds goes on; one divergence is worse than any loss; order of arrival does not matter', async () => {
    const trials = Array.from({ length: 9 }, () => tiny)
    const seen: Job[] = []
    const score = async (job: Job): Promise<Result> => {
      seen.push(job)
      for (let i = 0; i < (job.trial * 7 + job.fold * 5) % 11; i++) await null
      return { ...job, loss: job.trial === 0 && job.fold === 1 ? null : 10 - job.trial }
    }
    const standings = await runHalving(trials, 2, score)
    expect(standings.map(rung => rung.map(s => s.trial))).toEqual([
      [8, 7, 6, 5, 4, 3, 2, 1, 0],
      [8, 7, 6],
    ])
    expect(seen).toHaveLength(9 * 2 + 3 * 2)
  })

  it('the same seed draws the same trials, the usual one first', () => {
    expect(drawTrials(27, 5)).toEqual(drawTrials(27, 5))
    expect(drawTrials(27, 5)).not.toEqual(drawTrials(27, 6))
    expect(drawTrials(3, 5)).toEqual(drawTrials(27, 5).slice(0, 3))
    expect(drawTrials(3, 5)[0]).toEqual(usual)
  })
})

describe('walk-forward folds', () => {
  const series = madeUp(700)

  it('windows follow each other to the last row, and each learns from before it', () => {
    const folds = foldsOf(series, 6)
    expect(folds[0]?.start).toBe(280)
    expect(folds.at(-1)?.end).toBe(700)
    folds.slice(1).forEach((fold, i) => {
      expect(fold.start).toBe(folds[i]?.end)
    })
  })

  it('rows after the window change nothing, rows in it do', async () => {
    const job: Job = { trial: 0, fold: 2, rung: 0, rowShare: 1, configuration: tiny }
    const end = foldsOf(series, 6)[2]?.end as number
    const changed = (at: number) => ({
      ...series,
      bars: series.bars.map((bar, i) => (i === at ? { ...bar, high: bar.high * 1.5 } : bar)),
    })
    const { loss } = await scoreFold(series, 6, job, 1)
    expect((await scoreFold(changed(end), 6, job, 1)).loss).toBe(loss)
    expect((await scoreFold(changed(end - 1), 6, job, 1)).loss).not.toBe(loss)
  })

  it('the same seed finds the same winner and losses', async () => {
    const trials = [0.001, 0.01, 0.03].map(learningRate => ({ ...tiny, learningRate }))
    const search = () => runHalving(trials, 6, job => scoreFold(series, 6, job, 4))
    expect(await search()).toEqual(await search())
  })

  it('the error about too few rows says how many are needed', () => {
    expect(() => foldsOf(madeUp(300), 6)).toThrow('expected at least 500 rows for 6 folds, got 300')
  })
})

it('a half-written last line of the journal is ignored, and the next entry starts on a new line', async () => {
  const file = join(await temporaryFolder(), 'results.jsonl')
  openJournal(file, 'a').append({ trial: 1, fold: 2, rung: 0, loss: 0.5 })
  openJournal(file, 'b').append({ trial: 1, fold: 2, rung: 0, loss: null })
  appendFileSync(file, '{"setup":"a","trial":2,"fo')
  const again = openJournal(file, 'a')
  expect([again.size, again.others]).toEqual([1, 1])
  again.append({ trial: 3, fold: 0, rung: 1, loss: 0.25 })
  const third = openJournal(file, 'a')
  expect(third.find({ trial: 1, fold: 2, rung: 0 })?.loss).toBe(0.5)
  expect(third.find({ trial: 3, fold: 0, rung: 1 })?.loss).toBe(0.25)
  expect(third.size).toBe(2)
})

describe('npm run tune', () => {
  /** Scores without training; after `last` jobs Ctrl-C comes. */
  function fakePool(last = Number.POSITIVE_INFINITY) {
    const scored: Job[] = []
    const controller = new AbortController()
    const pool: MakePool = () => ({
      async score(job) {
        if (scored.length >= last) controller.abort()
        controller.signal.throwIfAborted()
        scored.push(job)
        return { ...job, loss: Math.abs(Math.log(job.configuration.learningRate / 0.004)) + job.fold / 100 }
      },
      close: async () => {},
    })
    return { pool, scored, stop: controller.signal }
  }

  async function place(count = 700) {
    const folder = await temporaryFolder()
    const out = join(folder, 'tune')
    return { out, args: ['--csv', await writeCsv(folder, madeUp(count)), '--out', out, '--trials', '9'] }
  }

  it('a stopped search that is run again does only the rest, and finds the same winner as without a stop', async () => {
    const { out, args } = await place()
    const straight = fakePool()
    const first = recorder()
    expect(await runTune([...args, '--out', `${out}-straight`], first.output, never, straight.pool)).toBe(0)
    const stopped = fakePool(20)
    const second = recorder()
    expect(await runTune(args, second.output, stopped.stop, stopped.pool)).toBe(130)
    expect(second.errors.at(-1)).toMatch(/^Stopped after 20 of 72 trainings\. They are kept/)
    const rest = fakePool()
    const third = recorder()
    expect(await runTune(args, third.output, never, rest.pool)).toBe(0)
    expect(stopped.scored.length + rest.scored.length).toBe(straight.scored.length)
    const markdown = (folder: string) => readFileSync(join(folder, 'results.md'), 'utf8')
    expect(markdown(out)).toBe(markdown(`${out}-straight`))
    expect(markdown(out)).toMatch(/npm run train -- --csv \S+ --units \d+ --lookback \d+ --learning-rate/)
    const html = readFileSync(join(out, 'results.html'), 'utf8')
    expect(html).toContain('<svg')
    expect(html).not.toMatch(/(src|href)=/)
  })

  it('results of other rows are not reused', async () => {
    const { out, args } = await place()
    await runTune(args, recorder().output, never, fakePool().pool)
    const other = await writeCsv(await temporaryFolder(), madeUp(700, undefined, '2020-12-01', 2))
    const { scored, pool } = fakePool()
    await runTune(['--csv', other, '--out', out, '--trials', '9'], recorder().output, never, pool)
    expect(scored).toHaveLength(72)
  })

  it('fewer than six folds, only rows from 2021 on, and an unwritable folder end with one line and exit code 1', async () => {
    const { out, args } = await place()
    const late = await writeCsv(await temporaryFolder(), madeUp(700, undefined, '2022-01-01'))
    const file = join(await temporaryFolder(), 'file')
    writeFileSync(file, '')
    for (const [more, code] of [
      [['--folds', '5'], 'ERR_OPTION_INVALID'],
      [['--csv', late], 'ERR_RANGE_EMPTY'],
      [['--out', file], 'ERR_MODEL_UNWRITABLE'],
    ] as const) {
      const { output, errors } = recorder()
      expect(await runTune([...args, '--out', out, ...more], output, never, fakePool().pool)).toBe(1)
      expect(errors).toEqual([expect.stringContaining(`error ${code}: `)])
    }
  })

  it('--retrain refuses too few rows, and rows that were seen, before any trial', async () => {
    const { args } = await place()
    const long = await writeCsv(await temporaryFolder(), madeUp(1_100))
    const judged = ['--csv', long, '--judge', '2020-11-01..2020-12-01']
    for (const [more, message] of [
      [[], /ERR_TRAINING_SHORT: .*at least 1000 rows/],
      [judged, /ERR_OPTION_INVALID: --judge: .*the winner was trained on rows up to 2020-11-30T23:00:00Z/],
    ] as const) {
      const { scored, pool } = fakePool()
      const { output, errors } = recorder()
      expect(await runTune([...args, '--retrain', ...more], output, never, pool)).toBe(1)
      expect(errors).toEqual([expect.stringMatching(message)])
      expect(scored).toEqual([])
    }
  })
})
