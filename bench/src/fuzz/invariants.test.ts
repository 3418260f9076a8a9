import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbedded } from '@candlewatch/adapters/stores/embedded/embedded'
import { migrate } from '@candlewatch/adapters/stores/postgres/migrate'
import pg from 'pg'
import { expect, it } from 'vitest'
import { AllAccepted } from './accepted.ts'
import { brokenInvariants } from './invariants.ts'

const numbers = { open: 2, high: 3, low: 1, close: 2, volume: 5 }

it('each violated invariant is found', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'candlewatch-fuzz-'))
  chmodSync(folder, 0o755)
  const database = await startEmbedded({ dataDir: join(folder, 'postgres') })
  const client = new pg.Client({ connectionString: database.url })
  try {
    await migrate(database.url)
    expect(await brokenInvariants(database.url, [])).toEqual([])
    await client.connect()
    await client.query(`select make_partitions('2021-01-01Z', '2021-01-01Z')`)
    // A high below the low off the grid; a revision without the one before; other numbers than were answered.
    await client.query(`insert into bars values
      ('a:b', '1h', '2021-01-01T00:30Z', 0, 2, 1, 3, 2, 5, now()),
      ('a:b', '1h', '2021-01-01T01:00Z', 2, 2, 3, 1, 2, 5, now()),
      ('a:b', '1h', '2021-01-01T02:00Z', 0, 2, 3, 1, 2, 6, now())`)
    // The later bar first, two for one bar, one of no bar, and a forecast that nobody made.
    const insert = `insert into verdicts (id, market, interval, open_time, model, status, is_anomaly, body)
      values ($1, 'a:b', '1h', $2, 'm@1', 'normal', false, $3)`
    await client.query(insert, [
      '1',
      '2021-01-01T02:00Z',
      '{"next":{"date":"2021-01-01T05:00:00Z","high":{"expected":2}}}',
    ])
    await client.query(insert, ['2', '2021-01-01T00:30Z', '{"next":{"high":{"expected":null}}}'])
    await client.query(insert, ['3', '2021-01-01T00:30Z', '{}'])
    await client.query(insert, ['4', '2021-01-01T05:00Z', '{"date":"2021-01-01T05:00:00Z","high":{"expected":1}}'])

    const accepted = new AllAccepted()
    accepted.of('a:b', '1h').take('2021-01-01T02:00:00Z', numbers, {})
    accepted.of('a:b', '1h').take('2021-01-01T03:00:00Z', numbers, {})
    const found = (await brokenInvariants(database.url, [accepted])).join('\n')
    for (const what of [
      /1 bars that cannot be/,
      /1 verdicts without their bar/,
      /2 bars without a standing verdict, or with two/,
      /1 revisions with a number left out/,
      /1 revisions without their correction/,
      /2 verdicts committed after those of later bars/,
      /1 verdicts by another forecast/,
      /1 verdicts with a number that is none/,
      /1 bars of 1h that open off the grid/,
      /stored but never answered: a:b 1h/,
      /answered as 2,3,1,2,5, and is stored as 2,3,1,2,6/,
      /answered but not stored/,
    ]) {
      expect(found).toMatch(what)
    }
  } finally {
    await client.end()
    await database.stop()
    rmSync(folder, { recursive: true, force: true })
  }
})
