import type { Scope } from '@candlewatch/adapters/stores/keys'

/** Nobody is asked: whether the process lives, and how a browser signs in. */
const open = ['/healthz', '/readyz', '/api/session']
/** What adds to what is known and changes no setting. */
const ingest = ['/predict_anomaly', '/api/labels', '/api/imports']
/** Whoever may begin it may end it; what was stored stays. */
const ingestEnds = /^\/api\/imports\/[^/]+$/

/** What a key must be good for to make this call; null = no key is needed. What is not listed is for admins. */
export function scopeOf(method: string, path: string): Scope | null {
  // As the router reads addresses: in any case, with or without a slash at the end.
  const plain = path.toLowerCase().replace(/\/$/, '')
  if (open.includes(plain)) return null
  if (method === 'GET' || method === 'HEAD') return 'read'
  const adds = method === 'POST' && ingest.includes(plain)
  return adds || (method === 'DELETE' && ingestEnds.test(plain)) ? 'ingest' : 'admin'
}
