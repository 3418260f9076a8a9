import type { Route, Scope } from '@candlewatch/api/route'
import { routes } from '@candlewatch/api/routes'

const known: readonly Route[] = Object.values(routes)
const patterns = known.map(({ method, path, scope }) => ({ method, pattern: patternOf(path), scope }))

/**
 * The scope that a call needs; null when it needs no key. A call outside the contract can be a file or the
 * documentation, which scope read covers; one that changes something needs scope admin.
 */
export function scopeOf(method: string, path: string): Scope {
  const reads = method === 'GET' || method === 'HEAD'
  const asked = reads ? 'GET' : method
  const found = patterns.find(one => one.method === asked && one.pattern.test(path))
  if (found) return found.scope
  return reads ? 'read' : 'admin'
}

/** A pattern that matches as the router does: in upper and lower case, with or without a trailing slash. */
function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+')}/?$`, 'i')
}
