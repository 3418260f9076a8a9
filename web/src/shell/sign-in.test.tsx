// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/preact'
import { afterEach, expect, test, vi } from 'vitest'
import { Refusal, stubServer } from '../api/fetch.suite.ts'
import { mayAdminister, mayImport, readSession, session, signedOut } from '../sync/session.ts'
import { SignIn } from './sign-in.tsx'

afterEach(() => {
  cleanup()
  session.value = null
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

function submit(key: string) {
  fireEvent.input(screen.getByLabelText('API key'), { target: { value: key } })
  fireEvent.submit(screen.getByTestId('sign-in'))
}

test('an accepted key loads the page again', async () => {
  const reload = vi.spyOn(location, 'reload').mockImplementation(() => undefined)
  const calls = stubServer({ 'POST /api/session': { keyRequired: true, name: 'me', scope: 'read' } })
  render(<SignIn />)
  submit('cw_1')
  await waitFor(() => expect(reload).toHaveBeenCalledOnce())
  expect(calls[0]?.body).toEqual({ key: 'cw_1' })
})

test('an invalid key is reported in the field, and can be entered again', async () => {
  stubServer({ 'POST /api/session': new Refusal(401, { code: 'ERR_KEY_INVALID', detail: 'No such key.' }) })
  render(<SignIn />)
  submit('cw_2')
  await waitFor(() => expect(screen.getByRole('alert').textContent).not.toBe(''))
  expect(screen.getByLabelText('API key').getAttribute('aria-invalid')).toBe('true')
  expect((screen.getByRole('button') as HTMLButtonElement).disabled).toBe(false)
})

test('another refusal is shown with the message of the server', async () => {
  stubServer({ 'POST /api/session': new Refusal(429, { code: 'ERR_RATE_LIMITED', detail: 'Too many tries.' }) })
  render(<SignIn />)
  submit('cw_3')
  await waitFor(() => expect(screen.getByRole('alert').textContent).toBe('Too many tries.'))
})

test.each([
  [{ keyRequired: false, name: null, scope: null }, [false, true, true]],
  [{ keyRequired: true, name: null, scope: null }, [true, true, false]],
  [{ keyRequired: true, name: 'a', scope: 'read' }, [false, false, false]],
  [{ keyRequired: true, name: 'a', scope: 'ingest' }, [false, true, false]],
  [{ keyRequired: true, name: 'a', scope: 'admin' }, [false, true, true]],
] as const)('the session %j decides who is signed out, may import and may administer', async (answer, expected) => {
  stubServer({ 'GET /api/session': answer })
  await readSession()
  expect([signedOut.value, mayImport.value, mayAdminister.value]).toEqual(expected)
})
