// @vitest-environment happy-dom
import type { FileCheck, Import } from '@candlewatch/api/imports'
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/preact'
import { afterEach, expect, test, vi } from 'vitest'
import { Refusal, stubServer } from '../api/fetch.suite.ts'
import { session } from '../sync/session.ts'
import { ImportCard } from './import-card.tsx'
import { addFiles, flow, imports, waiting } from './import-flow.ts'

const check: FileCheck = {
  name: 'a.csv',
  market: 'a:b',
  interval: '1h',
  columns: [],
  rows: 3,
  repeated: 0,
  first: '2021-01-01T00:00:00Z',
  last: '2021-01-01T02:00:00Z',
  fresh: 3,
  known: 0,
  fills: 0,
  late: 0,
  replaced: 0,
  missing: 0,
  gapCount: 0,
  gaps: [],
}
const job: Import = {
  id: '7',
  name: 'a.csv',
  market: 'a:b',
  interval: '1h',
  state: 'done',
  rows: 3,
  done: 3,
  judged: 3,
  known: 0,
  fills: 0,
  late: 0,
  first: check.first,
  last: check.last,
  startedAt: '2021-01-02T00:00:00Z',
  endedAt: '2021-01-02T00:00:01Z',
  error: null,
}

afterEach(() => {
  cleanup()
  flow.value = { step: 'idle' }
  waiting.value = []
  imports.value = []
  session.value = null
  vi.unstubAllGlobals()
})

const file = (name: string, text = 'date,open,high,low,close,volume\n') => new File([text], name)
const step = () => screen.getByTestId('import').dataset.step

test('with a read-only key the card names the required key and has no place to drop files', () => {
  session.value = { keyRequired: true, name: 'a reader', scope: 'read' }
  render(<ImportCard />)
  expect(screen.getByTestId('import').textContent).toContain('a reader')
  expect(screen.queryByTestId('drop-zone')).toBeNull()
})

test('a file is checked, and imported when that is confirmed', async () => {
  const calls = stubServer({
    'POST /api/imports': ({ query }: { query: URLSearchParams }) => (query.get('check') === 'true' ? check : job),
  })
  render(<ImportCard />)
  addFiles([file('a.csv')])
  await waitFor(() => expect(step()).toBe('checked'))
  fireEvent.click(screen.getByTestId('start-import'))
  await waitFor(() => expect(step()).toBe('ended'))
  expect(screen.getByTestId('ended').dataset.judged).toBe('3')
  expect(screen.getByTestId('past-imports').querySelectorAll('tbody tr')).toHaveLength(1)
  expect(calls.map(({ query }) => query.get('check'))).toEqual(['true', 'false'])
})

test('a market that is corrected has to be checked again before the import', async () => {
  const calls = stubServer({ 'POST /api/imports': check })
  render(<ImportCard />)
  addFiles([file('a.csv')])
  await waitFor(() => expect(step()).toBe('checked'))
  fireEvent.input(screen.getByTestId('file-market'), { target: { value: 'kraken:ETH-EUR' } })
  expect((screen.getByTestId('start-import') as HTMLButtonElement).disabled).toBe(true)
  fireEvent.click(screen.getByTestId('check-again'))
  await waitFor(() => expect(calls).toHaveLength(2))
  expect(calls[1]?.query.get('market')).toBe('kraken:ETH-EUR')
})

test('faulty lines are listed, the next file follows', async () => {
  const errors = [{ line: 5, column: null, expected: '6 columns', found: '1' }]
  const problem = { code: 'ERR_CSV_ROW', detail: 'Line 5.', errors, errorCount: 1 }
  stubServer({ 'POST /api/imports': new Refusal(422, problem) })
  render(<ImportCard />)
  addFiles([file('bad.csv'), file('worse.csv')])
  await waitFor(() => expect(step()).toBe('refused'))
  expect(screen.getByTestId('refused').dataset).toMatchObject({ file: 'bad.csv', faults: '1', code: 'ERR_CSV_ROW' })
  expect(screen.getByTestId('faults').querySelectorAll('tbody tr')).toHaveLength(1)
  expect(screen.getByTestId('waiting-files')).toBeTruthy()
  fireEvent.click(screen.getByTestId('leave-file'))
  await waitFor(() => expect(screen.getByTestId('refused').dataset.file).toBe('worse.csv'))
  expect(screen.queryByTestId('waiting-files')).toBeNull()
})

test('an empty file is not sent', async () => {
  const calls = stubServer({})
  render(<ImportCard />)
  addFiles([file('empty.csv', '')])
  await waitFor(() => expect(step()).toBe('refused'))
  expect(screen.getByRole('alert').textContent).toContain('empty.csv')
  expect(calls).toEqual([])
})
