import { useSignal } from '@preact/signals'
import { signIn } from '../sync/session.ts'
import './sign-in.css'

/** Shown instead of the page while the server requires a key. */
export function SignIn() {
  const failure = useSignal('')
  const isBusy = useSignal(false)
  const submit = async (form: HTMLFormElement) => {
    isBusy.value = true
    failure.value = ''
    failure.value = await signIn(String(new FormData(form).get('key')))
    isBusy.value = false
  }
  return (
    <main class="sign-in">
      <form
        data-testid="sign-in"
        onSubmit={event => {
          event.preventDefault()
          void submit(event.currentTarget)
        }}
      >
        <h1>Candlewatch</h1>
        <p>This server requires an API key.</p>
        <label for="key">API key</label>
        <input
          id="key"
          name="key"
          type="password"
          autocomplete="current-password"
          placeholder="cw_…"
          spellcheck={false}
          required
          aria-invalid={failure.value !== ''}
          aria-describedby="key-failure"
        />
        <p id="key-failure" class="failure" role="alert">
          {failure}
        </p>
        <button type="submit" disabled={isBusy}>
          Sign in
        </button>
        <p class="quiet">
          To create one, run <code>npm run keys -- add --name me --scope read</code> on the server.
        </p>
      </form>
    </main>
  )
}
