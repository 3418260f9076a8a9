import type { Session } from '@candlewatch/api/session'
import { computed, signal } from '@preact/signals'
import { ApiError, ask, messageOf, soon } from '../api/ask.ts'

/** The session: whether the server requires a key, and which key signed this browser in; null until it is known. */
export const session = signal<Session | null>(null)

/** True if the server requires a key and this browser has no valid session. */
export const signedOut = computed(() => session.value?.keyRequired === true && session.value.name === null)

/** True if this browser may import rows. */
export const mayImport = computed(() => !session.value?.keyRequired || session.value.scope !== 'read')

/** True if this browser may train, compare, promote and roll back models. */
export const mayAdminister = computed(() => !session.value?.keyRequired || session.value.scope === 'admin')

/** Reads the session from the server. */
export async function readSession(): Promise<void> {
  session.value = await ask('GET /api/session', {}, soon())
}

/** Signs in and loads the page again. Resolves to the reason when the key is refused. */
export async function signIn(key: string): Promise<string> {
  try {
    await ask('POST /api/session', { body: { key } })
  } catch (error) {
    if (error instanceof ApiError && error.code === 'ERR_KEY_INVALID') {
      return 'This key is unknown, wrong or revoked.'
    }
    return messageOf(error)
  }
  location.reload()
  return ''
}

/** Signs out and loads the page again. */
export async function signOut(): Promise<void> {
  await ask('DELETE /api/session')
  location.reload()
}
