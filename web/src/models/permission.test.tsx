// @vitest-environment happy-dom
import { cleanup, render, screen } from '@testing-library/preact'
import { afterEach, expect, test } from 'vitest'
import { session } from '../sync/session.ts'
import { ReadOnlyNote, RefusalNote } from './permission.tsx'
import { refusal } from './registry.ts'

afterEach(() => {
  cleanup()
  session.value = null
  refusal.value = null
})

test.each([
  ['no key is required', { keyRequired: false, name: null, scope: null }, false],
  ['an admin signed in', { keyRequired: true, name: 'root', scope: 'admin' }, false],
  ['a key may only read', { keyRequired: true, name: 'a reader', scope: 'read' }, true],
  ['a key may post rows', { keyRequired: true, name: 'a feed', scope: 'ingest' }, true],
] as const)('%s', (_when, value, isShown) => {
  session.value = value
  render(<ReadOnlyNote />)
  expect(screen.queryByTestId('read-only') !== null).toBe(isShown)
})

test('a refusal is shown next to its own action only', () => {
  refusal.value = { action: 'promote', reason: 'Its files have changed.' }
  render(<RefusalNote of={['trial', 'start']} />)
  expect(screen.queryByRole('alert')).toBeNull()
  render(<RefusalNote of={['promote']} />)
  expect(screen.getByRole('alert').textContent).toBe('Its files have changed.')
})
