import { memoryStore } from '@candlewatch/adapters/stores/memory/store'
import { expect, test } from 'vitest'
import { jsonOf, rowsFrom, serving } from '../serving.suite.ts'

/** Five bars are known, of which the third alarmed. */
async function marking() {
  const store = memoryStore()
  const { post, get, send, url } = await serving({
    store: {
      ...store,
      async known(stream, closes) {
        const found = await store.known(stream, closes)
        for (const [ts, { verdict }] of found) {
          const hour = new Date(ts - stream.intervalMs).getUTCHours()
          if (verdict && hour === 2) Object.assign(verdict, { isAnomaly: true })
        }
        return found
      },
    },
  })
  await post(rowsFrom(0, 5))
  const dates = rowsFrom(0, 5).map(row => row.date as string)
  return { get, url, dates, mark: (body: unknown) => send('POST', '/api/labels', body) }
}

test('an alarm is marked right or wrong, a bar without an alarm missed; the later mark counts', async () => {
  const { get, dates, mark } = await marking()
  expect((await mark({ date: dates[2], mark: 'wrong' })).status).toBe(201)
  expect((await mark({ date: dates[2], mark: 'right', note: 'Tesla' })).status).toBe(201)
  expect(await jsonOf(mark({ date: dates[4], mark: 'missed' }))).toMatchObject({
    mark: 'missed',
    interval: '1h',
    note: '',
  })
  const { labels } = await jsonOf<{ labels: unknown[] }>(get('/api/labels'))
  expect(labels).toMatchObject([{ mark: 'right', note: 'Tesla' }, { mark: 'missed' }])
})

test('a mark that contradicts the verdict, or is of an unknown bar, is a conflict that says what was found', async () => {
  const { dates, mark } = await marking()
  const misplaced = { status: 409, code: 'ERR_LABEL_MISPLACED', field: 'date' }
  expect(await jsonOf(mark({ date: dates[1], mark: 'right' }))).toMatchObject({
    ...misplaced,
    detail: expect.stringContaining('found no alarm'),
  })
  expect(await jsonOf(mark({ date: dates[2], mark: 'missed' }))).toMatchObject({
    ...misplaced,
    detail: expect.stringContaining('found an alarm'),
  })
  expect(await jsonOf(mark({ date: '2019-01-01', mark: 'missed' }))).toMatchObject({
    ...misplaced,
    detail: expect.stringContaining('found no bar'),
  })
})

test.each([
  [{ mark: 'right' }, 'date'],
  [{ date: '2021-01-01T00:00:00Z', mark: 'good' }, 'mark'],
  [{ date: '2021-01-01T00:00:00Z', mark: 'right', note: 'x'.repeat(501) }, 'note'],
])('%o is refused with a problem that names %s', async (body, field) => {
  const { mark } = await marking()
  expect(await jsonOf(mark(body))).toMatchObject({ status: 422, code: 'ERR_LABEL_INVALID', field })
})

test('labels as CSV are the events among them, as the report reads them', async () => {
  const { dates, mark, get } = await marking()
  await mark({ date: dates[2], mark: 'right', note: 'said "wow", again' })
  await mark({ date: dates[3], mark: 'missed' })
  const store = await get('/api/labels')
  expect(store.headers.get('content-type')).toContain('json')
  const csv = await fetch(store.url, { headers: { accept: 'text/csv' } })
  expect(csv.headers.get('content-type')).toContain('text/csv')
  expect((await csv.text()).split('\n')).toEqual([
    'start_utc,hours,tier,label',
    `${dates[2]},1,1,"said ""wow"", again"`,
    `${dates[3]},1,1,"missed"`,
    '',
  ])
})

test.each(['=HYPERLINK("https://evil.example","open")', '+1', '-1+cmd', '@SUM(1)', '\t=1', '\r=1'])(
  'a note that a spreadsheet would compute (%j) is a text in the CSV',
  async note => {
    const { dates, mark, url } = await marking()
    await mark({ date: dates[2], mark: 'right', note })
    const csv = await fetch(`${url}/api/labels`, { headers: { accept: 'text/csv' } })
    expect(await csv.text()).toContain(`,1,1,"'${note.replaceAll('"', '""')}"\n`)
  },
)
