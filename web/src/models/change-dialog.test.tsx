// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/preact'
import { afterEach, expect, test, vi } from 'vitest'
import { ChangeDialog, pendingChange } from './change-dialog.tsx'
import { busy, refusal } from './registry.ts'

afterEach(() => {
  cleanup()
  pendingChange.value = null
  busy.value = null
  refusal.value = null
})

function show(run: (reason: string) => Promise<boolean>) {
  render(
    <ChangeDialog
      change="promote"
      title="Promote 2?"
      effect="It replaces 1."
      suggestion="Better."
      action="Promote"
      run={run}
    />,
  )
  pendingChange.value = 'promote'
  return waitFor(() => expect(screen.getByTestId('promote-dialog').hasAttribute('open')).toBe(true))
}

test('the dialog is closed until its change is requested', () => {
  render(<ChangeDialog change="promote" title="" effect="" suggestion="" action="Promote" run={async () => true} />)
  pendingChange.value = 'rollback'
  expect(screen.queryByTestId('confirm-change')).toBeNull()
})

test('the reason starts with the suggestion and is sent trimmed; the dialog closes when the change is done', async () => {
  const run = vi.fn(async () => true)
  await show(run)
  const field = screen.getByRole('textbox') as HTMLTextAreaElement
  expect(field.value).toBe('Better.')
  fireEvent.input(field, { target: { value: '  The newer rows. ' } })
  fireEvent.click(screen.getByTestId('confirm-change'))
  await waitFor(() => expect(pendingChange.value).toBeNull())
  expect(run).toHaveBeenCalledWith('The newer rows.')
})

test('a refused change keeps the dialog open and says why', async () => {
  await show(async () => {
    refusal.value = { action: 'promote', reason: 'Its files have changed.' }
    return false
  })
  fireEvent.click(screen.getByTestId('confirm-change'))
  await waitFor(() => expect(screen.getByRole('alert').textContent).toBe('Its files have changed.'))
  expect(pendingChange.value).toBe('promote')
})

test('cancelling sends no request', async () => {
  const run = vi.fn(async () => true)
  await show(run)
  fireEvent.click(screen.getByTestId('cancel-change'))
  expect(pendingChange.value).toBeNull()
  expect(run).not.toHaveBeenCalled()
})

test('while an action is under way, the change cannot be confirmed', async () => {
  busy.value = 'start'
  await show(async () => true)
  expect((screen.getByTestId('confirm-change') as HTMLButtonElement).disabled).toBe(true)
})

test('keys pressed in the dialog do not reach the page', async () => {
  await show(async () => true)
  const heard = vi.fn()
  document.addEventListener('keydown', heard)
  fireEvent.keyDown(screen.getByTestId('cancel-change'), { key: 'w' })
  document.removeEventListener('keydown', heard)
  expect(heard).not.toHaveBeenCalled()
})
