import { readdir } from 'node:fs/promises'
import { episodesOf } from '@candlewatch/core/decide/episodes'
import { isoDate } from '@candlewatch/core/interval'
import { hourMs, type Stream } from '@candlewatch/core/time'
import type { Ms, Step } from '@candlewatch/core/types'
import { beforeEach, expect, test } from 'vitest'
import { barAt, newStream, stepAt } from '../contract/store.suite.ts'
import { migrate, migrationsFolder } from './migrate.ts'
import { stepRow } from './rows.ts'
import { migrateBefore, sql, testServer, yearsOf } from './server.suite.ts'
import { type PostgresStore, postgresStore } from './store.ts'

const server = testServer()
let url: string
let store: PostgresStore

beforeEach(async () => {
  url = await server.newDatabase()
  store = postgresStore(url)
  return () => store.close()
})

const all = (stream: Stream) => ({ ...stream, fromMs: null, toMs: null, limit: 10_000 })

test('three programs migrate a new database at once; a further start finds nothing to do', async () => {
  await Promise.all([migrate(url), migrate(url), migrate(url)])
  await migrate(url)
  expect(await sql(url, 'select name from migrations')).toEqual(
    (await readdir(migrationsFolder)).sort().map(file => ({ name: file.replace('.sql', '') })),
  )
})

test('a migration that arrives after a later one still runs', async () => {
  await migrate(url)
  await sql(url, `drop table api_sessions, api_keys; update migrations set name = '9999_later' where name like '0008%'`)
  await migrate(url)
  expect(await sql(url, 'select * from api_keys')).toEqual([])
})

test('rows of the first tables are moved to the partitions in order, and their candles are made', async () => {
  await migrateBefore(url, '0006')
  const stream = newStream()
  await sql(
    url,
    `insert into bars select '${stream.market}', '1h', '2019-12-30Z'::timestamptz + n * interval '1 hour', 0,
      100 + n, 101 + n, 99 + n, 100.5 + n, 7, now() from generate_series(0, 99) as n;
    insert into bars select market, interval, open_time, 1, open, 500, low, close, volume, seen from bars where open = 110;
    insert into verdicts (id, market, interval, open_time, model, status, is_anomaly, body)
      select 'id' || open, market, interval, open_time, 'm@1', 'normal', false, '{"n": 1.10}' from bars where revision = 0;
    insert into forecasts select market, interval, open_time, 'm@1', 1, 1, 1, 1, 1, 1, 1, 1 from bars where revision = 0;
    delete from verdicts where seq = 100`,
  )
  await migrate(url)
  expect(await yearsOf(url, 'bars')).toEqual([2019, 2020, 2021])
  const verdicts = await store.verdictsAfter(stream, 0, 1_000)
  expect(verdicts.map(({ seq }) => seq)).toEqual(Array.from({ length: 99 }, (_, i) => i + 1))
  expect(await sql(url, 'select body::text from verdicts limit 1')).toEqual([{ body: '{"n": 1.10}' }])
  expect(await store.bars(all(stream))).toHaveLength(100)
  const firstOpenMs = Date.parse('2019-12-30')
  expect((await store.streams())[0]).toMatchObject({ bars: 100, firstOpenMs })
  const { candles } = await store.candles({ ...all(stream), points: 5 })
  expect(candles[0]).toMatchObject({ openMs: firstOpenMs, open: 100, high: 500, low: 99, close: 123.5, bars: 24 })
  // Seq 100 was drawn and deleted before, so it is not drawn again.
  expect(await store.commit(stream, [stepOf(stream, Date.parse('2020-01-03T04:00:00Z'))], null)).toEqual([101])
})

test('forecasts and unused columns of verdicts are dropped; bars, verdicts, their seqs and indexes stay', async () => {
  await migrateBefore(url, '0014')
  const stream = newStream()
  const lastOpen = Date.parse('2020-12-31T12:00:00Z')
  const steps = Array.from({ length: 24 }, (_, i) => stepOf(stream, lastOpen + i * stream.intervalMs))
  await sql(url, `select * from commit_steps('${JSON.stringify(steps.map(step => rowOfOldProgram(stream, step)))}')`)
  const read = `select seq, id, market, interval, open_time, model, status, is_anomaly, body::text, revision, withdrawn_by
    from verdicts order by seq`
  const before = await sql(url, read)
  expect(before).toHaveLength(24)
  expect(await sql(url, 'select count(*)::integer as n from forecasts')).toEqual([{ n: 24 }])

  await migrate(url)
  expect(await sql(url, read)).toEqual(before)
  expect(await sql(url, `select tablename from pg_tables where tablename like 'forecasts%'`)).toEqual([])
  expect(
    await sql(
      url,
      `select distinct column_name from information_schema.columns
      where table_name like 'verdicts%' and column_name in ('severity', 'lane', 'p_value')`,
    ),
  ).toEqual([])
  expect(await sql(url, `select indexname from pg_indexes where tablename = 'verdicts' order by 1`)).toEqual(
    [
      'verdicts_alarms',
      'verdicts_by_open',
      'verdicts_faults',
      'verdicts_in_order_of_stream',
      'verdicts_standing',
      'verdicts_with_episodes',
      'verdicts_withdrawn',
    ].map(indexname => ({ indexname })),
  )
  expect(await store.bars(all(stream))).toEqual(steps.map(step => step.bar))
  expect((await store.verdicts(all(stream))).map(({ verdict }) => verdict)).toEqual(steps.map(step => step.verdict))

  const seqs = before.map(row => Number(row.seq))
  expect((await store.verdictsAfter(stream, 0, 99)).map(({ seq }) => seq)).toEqual(seqs)
  // The old program may still be running: it sends columns that are gone.
  const next = stepOf(stream, lastOpen + 24 * stream.intervalMs)
  const ofOld = await sql<{ seq: string }>(
    url,
    `select seq from commit_steps('${JSON.stringify([rowOfOldProgram(stream, next)])}')`,
  )
  expect(Number(ofOld[0]?.seq)).toBeGreaterThan(Math.max(...seqs))
  expect((await store.known(stream, [next.bar.ts])).get(next.bar.ts)).toEqual({ bar: next.bar, verdict: next.verdict })
  await store.commit(stream, [stepOf(stream, Date.parse('2031-05-01T00:00:00Z'))], null)
  expect(await yearsOf(url, 'verdicts')).toEqual([2020, 2021, 2022, 2031, 2032])
  expect(await yearsOf(url, 'bars')).toEqual(await yearsOf(url, 'verdicts'))
})

test('stored verdicts get the same episodes that the program makes of them', async () => {
  await migrateBefore(url, '0015')
  const stream = newStream()
  const open = Date.parse('2020-12-30T12:00:00Z')
  const fell = { expected: 92, lower: 90, upper: 94, baseline: 92, model: 92, actual: 80.3, absoluteError: 11.7 }
  const rose = { expected: 98, lower: 96, upper: 100, baseline: 98, model: 98, actual: 110.1, absoluteError: 12.1 }
  const alarms: Readonly<Record<number, Partial<Step['verdict']>>> = {
    2: { side: 'low', pValue: 0.004, low: fell },
    8: { side: 'high', pValue: 0.001, high: rose },
    9: { side: 'low', pValue: 0.001, low: fell },
    16: { side: 'high', pValue: 0.002, high: rose, severity: 'critical' },
    23: { side: 'low', pValue: 0.003, low: fell },
    24: { side: null, pValue: 1e-7 },
  }
  const detectors = [
    { id: 'residual', score: 9, pValue: 0.5, share: 1 },
    { id: 'move', score: 9, pValue: 0.01, share: 0 },
    { id: 'rules', score: 1, pValue: 0.011, share: 0 },
  ]
  const steps = Array.from({ length: 30 }, (_, i) => {
    const { bar, verdict } = stepOf(stream, open + i * stream.intervalMs)
    if (!alarms[i]) return { bar, verdict }
    const isAlarm = { status: 'anomaly', isAnomaly: true, severity: 'high', lane: 'market', detectors } as const
    return { bar, verdict: { ...verdict, date: isoDate(Date.parse(verdict.date)), ...isAlarm, ...alarms[i] } }
  })
  const rows = steps.map(step => stepRow(stream, { ...step, episodes: [] }).step)
  await sql(url, `select * from commit_steps('${JSON.stringify(rows).replaceAll("'", "''")}')`)

  await migrate(url)
  const made = episodesOf(steps.map(step => step.verdict))
  expect(made).toHaveLength(3)
  expect(await store.episodes(all(stream))).toEqual(made)
})

test('a replay whose name has half a surrogate pair, as earlier versions stored it, gets its new fields', async () => {
  await migrateBefore(url, '0013')
  const old = { id: 'r1', market: 'a:B', interval: '1h', source: { kind: 'csv', name: 'half of \ud83d' }, everyMs: 1 }
  const body = JSON.stringify(old)
  expect(body).toContain('\\ud83d')
  await sql(url, `insert into replays (id, market, interval, body) values ('r1', 'a:B', '1h', '${body}')`)
  await migrate(url)
  expect(await store.replay('r1')).toEqual({ ...old, steps: 0, until: null, at: null, revision: 0 })
})

test('streams of earlier versions count as real, because nobody recorded which rows replays sent', async () => {
  await migrateBefore(url, '0020')
  await sql(
    url,
    `select make_partitions('2021-01-01Z', '2021-01-01Z');
    insert into bars (market, interval, open_time, open, high, low, close, volume, seen)
      values ('a:B', '1h', '2021-01-01Z', 1, 1, 1, 1, 1, now());
    insert into replays (id, market, interval, body) values ('r1', 'a:B', '1h', '{}'), ('r2', 'c:D', '1h', '{}')`,
  )
  await migrate(url)
  const of = (market: Stream['market']) => store.isForReplays({ market, intervalMs: hourMs })
  expect([await of('a:B'), await of('c:D')]).toEqual([false, true])
})

function stepOf(stream: Stream, open: number): Step {
  const { bar, verdict, episodes } = stepAt(stream, 0)
  const ts = (open + stream.intervalMs) as Ms
  const date = new Date(open).toISOString()
  return { bar: { ...bar, ts }, verdict: { ...verdict, ts, date, id: `${stream.market}@${ts}#v1` }, episodes }
}

/** The row as programs before migration 0014 send it. */
function rowOfOldProgram(stream: Stream, step: Step) {
  const { verdict } = step
  return {
    ...stepRow(stream, step).step,
    severity: verdict.severity,
    lane: verdict.lane,
    p_value: verdict.pValue,
    next_open: new Date(step.bar.ts).toISOString(),
    high_expected: 101,
    high_lower: 99,
    high_upper: 103,
    high_baseline: 100,
    low_expected: 99,
    low_lower: 97,
    low_upper: 101,
    low_baseline: 100,
  }
}

test('rows of years before 2010 are moved to one partition, and later years stay as they are', async () => {
  await migrateBefore(url, '0019_old')
  const stream = newStream()
  const opens = ['1999-05-05Z', '2004-12-31Z', '2009-12-31 23:00Z', '2010-01-01Z', '2021-03-03Z']
  await sql(
    url,
    opens.map(open => `select make_partitions('${open}', '${open}')`).join(';') +
      `; insert into bars (market, interval, open_time, open, high, low, close, volume, seen)
      select '${stream.market}', '1h', open_time, 100, 101, 99, 100.5, 7, now() from unnest('{${opens}}'::timestamptz[]) as open_time;
      insert into verdicts (id, market, interval, open_time, model, status, is_anomaly, body)
      select 'id' || open_time, market, interval, open_time, 'm@1', 'normal', false, '{"n": 1.10}' from bars order by open_time desc`,
  )
  const rows = () =>
    sql(
      url,
      'select v.seq, v.id, v.open_time, v.body::text, b.close from verdicts as v join bars as b using (market, interval, open_time) order by seq',
    )
  const before = await rows()
  expect(before).toHaveLength(opens.length)
  await migrate(url)
  expect(await rows()).toEqual(before)
  for (const table of ['bars', 'verdicts']) expect(await yearsOf(url, table)).toEqual([2009, 2010, 2011, 2021, 2022])
  const again = barAt(stream, 0)
  await store.appendWarmUp(stream, [{ ...again, ts: (Date.parse('1971-01-01') + stream.intervalMs) as Ms }])
  expect((await sql(url, `select * from bars_2009`)).length).toBe(4)
})

test('corrections and streams of earlier versions are read as before, scores are dropped', async () => {
  await migrateBefore(url, '0018')
  const { market, intervalMs } = newStream()
  const numbers = `100, 101, 99, 100.5, 7, '2021-01-02T00:00:00.123Z'`
  await sql(
    url,
    `select make_partitions('2021-01-01Z', '2021-01-01Z');
    insert into bars (market, interval, open_time, revision, open, high, low, close, volume, seen)
      select '${market}', '1h', '2021-01-01T05:00Z', revision, ${numbers} from generate_series(0, 2) as revision;
    update bars set close = 99.7 where revision = 1;
    update bars set close = 0.1::float8 + 99.6 where revision = 2;
    insert into rollups select market, interval, '1 day', '2021-01-01Z', open, high, low, close, volume, 1, open_time, open_time
      from bars where revision = 2;
    insert into corrections (market, interval, open_time, revision, reason, at, after_seq, withdrawn)
      select market, interval, open_time, revision, 'reason ' || revision, now(), 10 * revision, 1 from bars where revision > 0 order by revision;
    insert into beginnings (market, interval, model, ts, after_seq, engine)
      select '${market}', '1h', 'm@1', '2021-01-01Z'::timestamptz - n * interval '1 hour', 0, n from generate_series(1, 3) as n;
    insert into known_scores select '${market}', '1h', model, '2021-01-01Z', '{0.1, 2.5}', '{3}' from unnest('{a@1,b@1}'::text[]) as model`,
  )
  await migrate(url)
  const stream: Stream = { market, intervalMs }
  const found = await store.corrections(all(stream))
  expect(
    found.map(({ kind, bars, before, after, revision }) => [kind, bars, before?.close, after?.close, revision]),
  ).toEqual([
    ['changed', 1, 100.5, 99.7, 1],
    ['changed', 1, 99.7, 0.1 + 99.6, 2],
  ])
  const ts = found[0]?.after?.ts as Ms
  const known = async (seq: number) => (await store.barsKnownAt(stream, ts, seq, 9)).map(({ close }) => close)
  expect([await known(9), await known(10), await known(20)]).toEqual([[100.5], [99.7], [0.1 + 99.6]])
  expect((await store.beginnings(stream)).map(({ engine }) => engine)).toEqual([3, 2, 1])
  // Their levels follow from rules that no engine knows any more.
  expect(await store.knownScores(stream, 4e12 as Ms, 9)).toEqual([])
  expect(await sql(url, 'select count(*)::integer as n from score_sets')).toEqual([{ n: 0 }])
  expect(await store.admit(stream, 0)).toBe('admitted')
})
