import { tcpProxy } from '@candlewatch/adapters/processes/tcp-proxy'
import { migrate } from '@candlewatch/adapters/stores/postgres/migrate'
import { testServer } from '@candlewatch/adapters/stores/postgres/server.suite'
import { postgresStore } from '@candlewatch/adapters/stores/postgres/store'
import { makeRng } from '@candlewatch/core/stats/rng'
import type { Ms } from '@candlewatch/core/types'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { btc, type Event, eventsOf, rowsFrom, serving } from '../../server/src/serving.suite.ts'

const server = testServer()

beforeAll(() => migrate(server.url()))

const rows = 1_000

test('when acknowledgements of commits are cut at random, every listener still has every verdict once and in order', async () => {
  const proxy = await tcpProxy(server.url())
  onTestFinished(proxy.close)
  const store = postgresStore(proxy.url)
  onTestFinished(() => store.close())
  const { url, post, get, nowMs } = await serving({ store })
  nowMs.value = Date.UTC(2022, 0, 1) as Ms
  const random = makeRng(14)
  proxy.rule({ kind: 'cut', asked: /commit_owned_steps/, chance: () => random.uniform() < 0.2 })

  const steady = eventsOf(`${url}/api/stream`, events => datesIn(events).length >= rows)
  const resuming = resumed(url, () => 20 + Math.floor(random.uniform() * 100))
  for (let from = 0; from < rows; ) {
    const to = Math.min(rows, from + 1 + Math.floor(random.uniform() * 20))
    while (!(await post(rowsFrom(from, to))).ok);
    from = to
  }
  expect(proxy.cuts()).toBeGreaterThan(5)
  const stored = await store.verdicts({ ...btc, fromMs: null, toMs: null, limit: 2 * rows })
  const expected = stored.map(({ verdict }) => verdict.date)
  expect(expected).toHaveLength(rows)
  expect(datesIn(await steady)).toEqual(expected)
  expect(datesIn(await resuming)).toEqual(expected)
  expect(await (await get('/metrics')).text()).toMatch(/candlewatch_verdicts_total\{.*\} 1000\n/)
})

/** Leaves after some verdicts and comes back with the last id, until it has them all. */
async function resumed(url: string, most: () => number): Promise<readonly Event[]> {
  const all: Event[] = []
  let lastEventId = '0'
  while (datesIn(all).length < rows) {
    const [known, wanted] = [datesIn(all).length, most()]
    const enough = (events: readonly Event[]) => datesIn(events).length >= Math.min(wanted, rows - known)
    const events = await eventsOf(`${url}/api/stream?lastEventId=${lastEventId}`, enough)
    // Whoever has the id of a verdict has what came before it.
    const end = events.findLastIndex(({ id }) => id !== null)
    all.push(...events.slice(0, end + 1))
    lastEventId = events[end]?.id ?? lastEventId
  }
  return all
}

function datesIn(events: readonly Event[]): readonly string[] {
  return events.flatMap(({ event, data }) => (event === 'verdict' ? [(data as { date: string }).date] : []))
}
