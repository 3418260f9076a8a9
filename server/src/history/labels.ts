import type { BarStore } from '@candlewatch/adapters/stores/bars'
import type { LabelStore } from '@candlewatch/adapters/stores/verdicts'
import type { Clock } from '@candlewatch/core/clock'
import { CandlewatchError } from '@candlewatch/core/errors'
import { formatInterval, isoDate } from '@candlewatch/core/interval'
import { closeOf, hourMs } from '@candlewatch/core/time'
import type { Label, Ms } from '@candlewatch/core/types'
import { Router } from 'express'
import { type Given, handle } from '../http/handle.ts'
import { pageOf, rangeOf } from '../http/pages.ts'

/** `/api/labels`: marks that people set on alarms. */
export function labels(store: LabelStore & BarStore, clock: Clock): Router {
  const router = Router()
  handle(router, 'POST /api/labels', async ({ body }) => {
    await refuseMisplaced(store, body)
    const { market, mark, note } = body
    const label: Label = { market, interval: formatInterval(body.interval), date: isoDate(body.date), mark, note }
    await store.saveLabel(label, clock.now())
    return label
  })
  handle(router, 'GET /api/labels', async ({ query }, { request, response }) => {
    const found = await store.labels(rangeOf(query))
    const { page, nextCursor } = pageOf(found, query.limit, ({ date }) => Date.parse(date))
    if (request.accepts(['json', 'csv']) !== 'csv') return { labels: page, nextCursor }
    return void response.type('text/csv').send(toCsv(page, query.interval))
  })
  return router
}

async function refuseMisplaced(store: BarStore, { market, interval, date, mark }: Given<'POST /api/labels'>['body']) {
  const close = closeOf(date, interval)
  const known = (await store.known({ market, intervalMs: interval }, [close])).get(close)
  const alarmed = known?.verdict?.isAnomaly ?? false
  const wanted = mark === 'missed' ? 'a bar that did not alarm' : 'a bar that alarmed'
  const found = known ? (alarmed ? 'an alarm' : 'no alarm') : 'no bar'
  if (known && alarmed !== (mark === 'missed')) return
  throw new CandlewatchError(
    'ERR_LABEL_MISPLACED',
    `date: Expected ${wanted} at ${isoDate(date)} for the mark ${mark}, found ${found}. Choose another bar or another mark.`,
    { field: 'date' },
  )
}

/** The events among marks: alarms that were right, and bars that were missed. */
function toCsv(marks: readonly Label[], intervalMs: Ms): string {
  const events = marks.filter(({ mark }) => mark !== 'wrong')
  const hours = Math.max(1, Math.round(intervalMs / hourMs))
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
  const lines = events.map(({ date, note, mark }) => `${date},${hours},1,${quoted(inert(note || mark))}`)
  return ['start_utc,hours,tier,label', ...lines, ''].join('\n')
}

/** A text that a spreadsheet shows and does not compute: a leading apostrophe makes a formula a text. */
function inert(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
}
