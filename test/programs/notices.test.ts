import { migrate } from '@candlewatch/adapters/stores/postgres/migrate'
import { sql, testServer } from '@candlewatch/adapters/stores/postgres/server.suite'
import { postgresStore } from '@candlewatch/adapters/stores/postgres/store'
import type { VerdictAnswer } from '@candlewatch/api/verdict'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { btc, type Event, eventsOf, rowAt, rowsFrom, type Serving, serving } from '../../server/src/serving.suite.ts'

const server = testServer()

beforeAll(() => migrate(server.url()))

async function start(): Promise<Serving> {
  const store = postgresStore(server.url())
  onTestFinished(() => store.close())
  return serving({ store })
}

const datesOf = (events: readonly Event[]) =>
  events.filter(({ event }) => event === 'verdict').map(({ data }) => (data as VerdictAnswer).date)

/** Ends the connections on which servers listen. */
const cutNotices = () =>
  sql(
    server.url(),
    `select pg_terminate_backend(pid) from pg_stat_activity where query like '%renew_process%' and pid <> pg_backend_pid()`,
  )

test('a client of another server misses nothing while notices are lost again and again', async () => {
  const [owner, other] = [await start(), await start()]
  await owner.post(rowAt(0))
  const events = await eventsOf(
    `${other.url}/api/stream?market=${btc.market}`,
    found => datesOf(found).length >= 200,
    async () => {
      for (let hour = 1; hour <= 200; hour++) {
        if (hour % 20 === 0) await cutNotices()
        await owner.post(rowAt(hour))
      }
    },
  )
  expect(datesOf(events)).toEqual(rowsFrom(1, 201).map(({ date }) => date))
})
