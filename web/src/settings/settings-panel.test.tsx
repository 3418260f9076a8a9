// @vitest-environment happy-dom
import type { StreamSettings } from '@candlewatch/api/settings'
import type { Profile } from '@candlewatch/api/told'
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/preact'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Refusal, stubServer } from '../api/fetch.suite.ts'
import { market, verdict } from '../state/example.suite.ts'
import { showTab } from '../state/navigation.ts'
import { clearStore, loadRows } from '../state/store.suite.ts'
import { state } from '../state/store.ts'
import { session } from '../sync/session.ts'
import { groups, listOf, outcome, profile, runSettings, streamSettings } from './settings.ts'
import { SettingsPanel } from './settings-panel.tsx'

runSettings()

const ofStream: StreamSettings = {
  market,
  interval: '1h',
  alarmsPerWeek: null,
  leastSizePercent: 0,
  marketLane: true,
  feedLane: true,
  calendar: null,
  inForce: { alarmsPerWeek: 1, feedShare: 0.1 },
  since: null,
  note: '',
  history: [],
}
const own: Profile = { id: 'default', markets: ['*'], groups: [], episodesPerWeek: 7, leastSizePercent: 0, streams: 4 }
const majors = { name: 'majors', members: ['*:BTC-USD'], markets: [market] }
const answers = {
  'GET /api/settings': ofStream,
  'GET /api/profile': own,
  'GET /api/groups': { groups: [majors] },
}

beforeEach(() => {
  clearStore()
  loadRows([verdict(0)])
})
afterEach(() => {
  cleanup()
  for (const one of [streamSettings, profile, groups, outcome, session]) one.value = null
  showTab('episodes')
  vi.unstubAllGlobals()
})

/** Shows the panel. Returns the form of that test id once it is there, and the calls that are made. */
async function shown(form: string, more: object = {}) {
  const calls = stubServer({ ...answers, ...more })
  render(<SettingsPanel />)
  showTab('settings')
  await waitFor(() => screen.getByTestId(form))
  const inForm = within(screen.getByTestId(form))
  const changed = () => calls.filter(({ method }) => method !== 'GET')
  return { calls, changed, ...inForm }
}

const fill = (field: HTMLElement, value: string) => fireEvent.input(field, { target: { value } })

test('the settings of the market are shown and changed; its budget is shown at once', async () => {
  const answer = { ...ofStream, alarmsPerWeek: 3, feedLane: false, inForce: { alarmsPerWeek: 3, feedShare: 0 } }
  const { calls, changed, getByLabelText, getByRole, getByText } = await shown('stream-settings', {
    'PATCH /api/settings': answer,
  })
  expect(calls[0]?.query.get('market')).toBe(market)
  expect((getByLabelText(/Alarms per week/) as HTMLInputElement).value).toBe('')
  fill(getByLabelText(/Alarms per week/), '3')
  fireEvent.click(getByLabelText(/unlikely rows/))
  fill(getByLabelText(/Reason/), 'louder')
  fireEvent.click(getByRole('button'))
  await waitFor(() => getByText('Saved'))
  expect(changed().map(({ body }) => body)).toEqual([
    {
      market,
      interval: '1h',
      alarmsPerWeek: 3,
      leastSizePercent: 0,
      marketLane: true,
      feedLane: false,
      calendar: null,
      note: 'louder',
    },
  ])
  expect(state.value.market?.alarmsPerWeek).toBe(3)
})

test('trading hours are given as JSON', async () => {
  const { changed, getByLabelText, getByRole, getByText } = await shown('stream-settings', {
    'PATCH /api/settings': ofStream,
  })
  fill(getByLabelText(/Trading hours/), '{"timeZone":')
  fireEvent.click(getByRole('button'))
  await waitFor(() => getByRole('alert'))
  expect(changed()).toEqual([])
  fill(getByLabelText(/Trading hours/), '{"timeZone":"UTC"}')
  fireEvent.click(getByRole('button'))
  await waitFor(() => getByText('Saved'))
  expect(changed()[0]?.body).toMatchObject({ calendar: { timeZone: 'UTC' } })
})

test('an empty budget is that of all markets', async () => {
  const { changed, getByRole, getByText } = await shown('stream-settings', { 'PATCH /api/settings': ofStream })
  fireEvent.click(getByRole('button'))
  await waitFor(() => getByText('Saved'))
  expect(changed()[0]?.body).toMatchObject({ alarmsPerWeek: null })
})

test('a change that is refused says why', async () => {
  const refusal = new Refusal(422, {
    code: 'ERR_SETTINGS_INVALID',
    detail: 'Expected at least one lane, found both off.',
  })
  const { getByRole } = await shown('stream-settings', { 'PATCH /api/settings': refusal })
  fireEvent.click(getByRole('button'))
  await waitFor(() => expect(getByRole('alert').textContent).toContain('at least one lane'))
})

test('the reader changes what they are told', async () => {
  const { changed, getByLabelText, getByRole, getByText } = await shown('profile', { 'PATCH /api/profile': own })
  fill(getByLabelText(/Episodes per week/), '2.5')
  fill(getByLabelText(/Markets/), 'kraken:*, *:ETH-USD\n')
  fireEvent.click(getByLabelText('Group majors'))
  fireEvent.click(getByRole('button'))
  await waitFor(() => getByText('Saved'))
  expect(changed()[0]?.body).toEqual({
    episodesPerWeek: 2.5,
    leastSizePercent: 0,
    markets: ['kraken:*', '*:ETH-USD'],
    groups: ['majors'],
  })
})

test('groups are added and deleted', async () => {
  const { changed, getByLabelText, getByRole, findByText, queryByText } = await shown('groups', {
    'PUT /api/groups': { groups: [majors, { name: 'metals', members: ['x:AU', 'x:AG'], markets: [] }] },
    'DELETE /api/groups': { groups: [] },
  })
  fill(getByLabelText('Name'), ' metals ')
  fill(getByLabelText(/Markets/), 'x:AU x:AG')
  fireEvent.click(getByRole('button', { name: 'Save group' }))
  await findByText('0 markets')
  expect(changed()[0]?.body).toEqual({ name: 'metals', members: ['x:AU', 'x:AG'] })
  fireEvent.click(getByRole('button', { name: 'Delete group majors' }))
  await waitFor(() => expect(queryByText('majors')).toBeNull())
  expect(changed()[1]?.query.get('name')).toBe('majors')
})

test('a reader whose key may not change markets still changes what they are told', async () => {
  session.value = { keyRequired: true, name: 'me', scope: 'read' }
  const { getByRole } = await shown('profile', { 'PATCH /api/profile': own })
  expect((screen.getByTestId('stream-settings').querySelector('fieldset') as HTMLFieldSetElement).disabled).toBe(true)
  expect((getByRole('button') as HTMLButtonElement).disabled).toBe(false)
})

test('a list is written with lines, spaces or commas', () => {
  expect(listOf(' a:b,\nc:* d:e ,')).toEqual(['a:b', 'c:*', 'd:e'])
})
