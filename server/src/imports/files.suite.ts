import type { Import } from '@candlewatch/api/imports'
import { jsonOf, rowAt, type Serving } from '../serving.suite.ts'

export const fileHeader = 'date,open,high,low,close,volume'

/** A line of the hour-th row of 2021. */
export function lineAt(hour: number, changes: object = {}): string {
  const { date, open, high, low, close, volume } = rowAt(hour, changes)
  return [date, open, high, low, close, volume].join(',')
}

export const linesFrom = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => lineAt(from + i))

export const fileOf = (lines: readonly string[]) => `${[fileHeader, ...lines].join('\n')}\n`

/** Sends a file as a browser does. */
export function sendFile({ url }: Pick<Serving, 'url'>, lines: readonly string[], query = ''): Promise<Response> {
  return fetch(`${url}/api/imports?name=rows.csv${query}`, {
    method: 'POST',
    headers: { 'content-type': 'text/csv' },
    body: fileOf(lines),
  })
}

/** Asks until the import has ended. */
export async function ended({ get }: Pick<Serving, 'get'>, { id }: Pick<Import, 'id'>): Promise<Import> {
  for (;;) {
    const shown = await jsonOf<Import>(get(`/api/imports/${id}`))
    if (shown.state !== 'running') return shown
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}
