import { ask, jsonHeaders as headers, patienceMs } from './ask.ts'

/** Whether the server asks for a key, and the name of the one that signed this browser in. */
export interface Session {
  readonly keyRequired: boolean
  readonly name: string | null
  readonly scope: 'read' | 'ingest' | 'admin' | null
}

export function fetchSession(): Promise<Session> {
  return ask('/api/session', { signal: AbortSignal.timeout(patienceMs) })
}

/** Throws ApiError with ERR_KEY_INVALID. */
export function openSession(key: string): Promise<Session> {
  return ask('/api/session', { method: 'POST', headers, body: JSON.stringify({ key }) })
}

export async function closeSession(): Promise<void> {
  await fetch('/api/session', { method: 'DELETE' })
}
