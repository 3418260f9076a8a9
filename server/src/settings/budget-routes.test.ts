import { expect, test } from 'vitest'
import { eventsOf, jsonOf, rowsFrom, serving } from '../serving.suite.ts'

interface Verdicts {
  readonly verdicts: readonly { readonly alarmsPerWeek: number }[]
}

test('a new budget is answered, listed and streamed, and the next bar is judged by it', async () => {
  const { url, post, get, send } = await serving()
  await post(rowsFrom(0, 2))
  const [event] = await eventsOf(
    `${url}/api/stream`,
    events => events.some(one => one.event === 'budget'),
    () => send('PUT', '/api/budget', { alarmsPerWeek: 2.5, note: 'Too quiet.' }),
  ).then(events => events.filter(one => one.event === 'budget'))
  expect(event?.data).toMatchObject({ alarmsPerWeek: 2.5, feedShare: 0.1, note: 'Too quiet.' })
  await post(rowsFrom(2, 4))
  const { verdicts } = await jsonOf<Verdicts>(get('/api/verdicts'))
  expect(verdicts.map(verdict => verdict.alarmsPerWeek)).toEqual([1, 1, 2.5, 2.5])
  const answer = await jsonOf(get('/api/budget'))
  expect(answer).toMatchObject({ alarmsPerWeek: 2.5, since: '2021-02-01T00:00:00.000Z', history: [{}, {}] })
  expect(await jsonOf(send('PUT', '/api/budget', { alarmsPerWeek: 2.5 }))).toEqual(answer)
  expect(await jsonOf(get('/api/markets'))).toMatchObject({ markets: [{ alarmsPerWeek: 2.5 }] })
})

test.each([
  [{}, 422, 'alarmsPerWeek'],
  [{ alarmsPerWeek: 0 }, 422, 'alarmsPerWeek'],
  [{ alarmsPerWeek: 169 }, 422, 'alarmsPerWeek'],
  [{ alarmsPerWeek: '2' }, 422, 'alarmsPerWeek'],
  [{ alarmsPerWeek: 2, note: 7 }, 422, 'note'],
  ['{', 400, undefined],
])('PUT /api/budget %j is refused, and nothing changes', async (body, status, field) => {
  const { get, send } = await serving()
  const response = await send('PUT', '/api/budget', body)
  expect(response.status).toBe(status)
  expect(response.headers.get('content-type')).toContain('application/problem+json')
  const problem = await jsonOf<{ code: string; field?: string }>(response)
  expect(problem.code).toBe(status === 422 ? 'ERR_BUDGET_INVALID' : 'ERR_BODY_SHAPE')
  expect(problem.field).toBe(field)
  expect(await jsonOf(get('/api/budget'))).toMatchObject({ alarmsPerWeek: 1 })
})
