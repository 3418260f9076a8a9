// @vitest-environment happy-dom
import type { Feed } from '@candlewatch/api/feeds'
import { cleanup, fireEvent, render, screen } from '@testing-library/preact'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { anomaly, episode, marketRow, replay, verdict } from '../state/example.suite.ts'
import { clearStore, loadRows } from '../state/store.suite.ts'
import { dispatch } from '../state/store.ts'
import { Announcement, ConnectionBanner, FeedBanner, Notice } from './banners.tsx'

beforeEach(clearStore)
afterEach(cleanup)

const feed = { state: 'stale', evidence: 'The bar of 12:00 has not come.' } as Feed

test('a lost connection says when the last message came', () => {
  dispatch({ kind: 'connection', connection: 'lost', heardAt: new Date(2021, 0, 1, 14, 3, 22).getTime() })
  render(<ConnectionBanner />)
  expect(screen.getByRole('alert').textContent).toContain('14:03:22')
})

test('no banner while the connection is live', () => {
  dispatch({ kind: 'connection', connection: 'live', heardAt: 1 })
  render(<ConnectionBanner />)
  expect(screen.queryByRole('alert')).toBeNull()
})

test('a stale feed is reported with its reason, unless the connection is lost', () => {
  dispatch({ kind: 'feed', feed })
  render(<FeedBanner />)
  expect(screen.getByTestId('stale-banner').textContent).toContain(feed.evidence)
  cleanup()
  dispatch({ kind: 'connection', connection: 'lost', heardAt: null })
  render(<FeedBanner />)
  expect(screen.queryByTestId('stale-banner')).toBeNull()
})

test('a notice is dismissed', () => {
  dispatch({ kind: 'notice', notice: 'The budget was refused.' })
  render(<Notice />)
  fireEvent.click(screen.getByRole('button'))
  expect(screen.queryByRole('alert')).toBeNull()
})

test('the newest alarm is announced to screen readers, but not in a fast replay', () => {
  loadRows([verdict(0), verdict(1, anomaly)])
  dispatch({ kind: 'episodes', episodes: [episode(1, 1, 1)], from: null })
  render(<Announcement />)
  expect(screen.getByRole('status').textContent).toContain('Fell to 80.00 USD.')
  cleanup()
  dispatch({ kind: 'replay', replay: replay({ market: marketRow.market, everyMs: 20 }) })
  render(<Announcement />)
  expect(screen.getByRole('status').textContent).toBe('')
})
