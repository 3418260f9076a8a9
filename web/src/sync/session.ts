import { computed, signal } from '@preact/signals'
import { ApiError, messageOf } from '../api/ask.ts'
import * as api from '../api/session.ts'

export const session = signal<api.Session | null>(null)

/** The server asks for a key and this browser has shown none, or its session is over. */
export const signedOut = computed(() => session.value?.keyRequired === true && session.value.name === null)

export async function readSession(): Promise<void> {
  session.value = await api.fetchSession()
}

/** Starts the page anew when the key is taken; else says why it is not. */
export async function signIn(key: string): Promise<string> {
  try {
    await api.openSession(key)
  } catch (error) {
    if (error instanceof ApiError && error.code === 'ERR_KEY_INVALID') {
      return 'This key is unknown, wrong or revoked.'
    }
    return messageOf(error)
  }
  location.reload()
  return ''
}

export async function signOut(): Promise<void> {
  await api.closeSession()
  location.reload()
}

/** Whether this browser's key may bring rows; where no key is asked for, anyone may. */
export const mayImport = computed(() => !session.value?.keyRequired || session.value.scope !== 'read')
