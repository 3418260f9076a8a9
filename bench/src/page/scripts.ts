import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

export interface Scripts {
  /** Bytes, gzipped, of every script. */
  readonly all: number
  /** Of those that index.html names: what has to be here before anything is painted. */
  readonly first: number
  readonly firstNames: readonly string[]
}

/** Of a page that Vite built. */
export function scriptSizes(dist: string): Scripts {
  const size = (name: string) => gzipSync(readFileSync(join(dist, name))).length
  const sum = (names: readonly string[]) => names.reduce((total, name) => total + size(name), 0)
  const html = readFileSync(join(dist, 'index.html'), 'utf8')
  const firstNames = [...html.matchAll(/"\/([^"]+\.js)"/g)].map(([, name]) => name!)
  const all = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.js'))
  return { all: sum(all), first: sum(firstNames), firstNames }
}
