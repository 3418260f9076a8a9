import type { Route, Scope } from '@candlewatch/api/route'
import { routes } from '@candlewatch/api/routes'

const known: readonly Route[] = Object.values(routes)
const patterns = known.map(({ method, path, scope }) => ({ method, pattern: patternOf(path), scope }))

/**
 * The scope that a call needs; null when it needs no key. A call that the contract does not have may be a file or the
 * documentation, which a key of scope read is enough for; one that changes something needs scope admin.
 */
export function scopeOf(method: string, path: string): Scope {
  const reads = method === 'GET' || method === 'HEAD'
  const asked = reads ? 'GET' : method
  const found = patterns.find(one => one.method === asked && one.pattern.test(path))
  if (found) return found.scope
  return reads ? 'read' : 'admin'
}

/** Matches as the router does: in any case, with or without a slash at the end. */
function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+')}/?$`, 'i')
}
