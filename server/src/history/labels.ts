import type { BarStore } from '@candlewatch/adapters/stores/bars'
import type { LabelStore } from '@candlewatch/adapters/stores/verdicts'
import type { Clock } from '@candlewatch/core/clock'
import { CandlewatchError } from '@candlewatch/core/errors'
import { formatInterval, isoDate } from '@candlewatch/core/interval'
import type { Label, Ms } from '@candlewatch/core/types'
import { Router } from 'express'
import type { z } from 'zod'
import { jsonBody } from '../http/json-body.ts'
import { pageOf, rangeOf } from '../http/pages.ts'
import { parsed } from '../http/problem.ts'
import { labelInput, rangeQuery } from '../http/schemas.ts'

/** `/api/labels`: what people say of alarms. */
export function labels(store: LabelStore & BarStore, clock: Clock): Router {
  return Router()
    .post('/api/labels', jsonBody('16kb'), async (request, response) => {
      const input = parsed(labelInput, request.body, 'ERR_LABEL_INVALID')
      await refuseMisplaced(store, input)
      const { market, mark, note } = input
      const label: Label = { market, interval: formatInterval(input.interval), date: isoDate(input.date), mark, note }
      await store.saveLabel(label, clock.now())
      response.status(201).json(label)
    })
    .get('/api/labels', async (request, response) => {
      const query = parsed(rangeQuery, request.query, 'ERR_QUERY_INVALID')
      const found = await store.labels(rangeOf(query))
      const { page, nextCursor } = pageOf(found, query.limit, ({ date }) => Date.parse(date))
      if (request.accepts(['json', 'csv']) === 'csv') response.type('text/csv').send(toCsv(page, query.interval))
      else response.json({ labels: page, nextCursor })
    })
}

async function refuseMisplaced(store: BarStore, { market, interval, date, mark }: z.output<typeof labelInput>) {
  const close = (date + interval) as Ms
  const known = (await store.known({ market, intervalMs: interval }, [close])).get(close)
  const alarmed = known?.verdict?.isAnomaly ?? false
  const wanted = mark === 'missed' ? 'a bar that did not alarm' : 'a bar that alarmed'
  const found = known ? (alarmed ? 'an alarm' : 'no alarm') : 'no bar'
  if (known && alarmed !== (mark === 'missed')) return
  throw new CandlewatchError(
    'ERR_LABEL_MISPLACED',
    `date: Expected ${wanted} at ${isoDate(date)} for the mark ${mark}, found ${found}. Mark another bar, or otherwise.`,
    { field: 'date' },
  )
}

/** What was an event by these marks: alarms that were right, and bars that were missed. */
function toCsv(marks: readonly Label[], intervalMs: Ms): string {
  const events = marks.filter(({ mark }) => mark !== 'wrong')
  const hours = Math.max(1, Math.round(intervalMs / 3_600_000))
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
  const lines = events.map(({ date, note, mark }) => `${date},${hours},1,${quoted(note || mark)}`)
  return ['start_utc,hours,tier,label', ...lines, ''].join('\n')
}
