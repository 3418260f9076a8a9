import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

/** The sizes of a built page's scripts in bytes, gzipped. */
export interface Scripts {
  /** The scripts that index.html names: they must be loaded before the first paint. */
  readonly first: number
  readonly firstNames: readonly string[]
  /** The scripts that can be loaded before another room is opened, such as Plotly. */
  readonly firstRoom: number
  /** All of them, with the scripts of every room. */
  readonly all: number
}

/** An entry of Vite's manifest: a script, and the entries that it imports at once or later. */
interface Chunk {
  readonly file: string
  readonly imports?: readonly string[]
  readonly dynamicImports?: readonly string[]
}

/** Returns the sizes of the page that Vite built into a folder. */
export function scriptSizes(dist: string): Scripts {
  const size = (name: string) => gzipSync(readFileSync(join(dist, name))).length
  const sum = (names: readonly string[]) => names.reduce((total, name) => total + size(name), 0)
  const html = readFileSync(join(dist, 'index.html'), 'utf8')
  const firstNames = [...html.matchAll(/"\/([^"]+\.js)"/g)].flatMap(([, name]) => name ?? [])
  const all = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.js'))
  const firstRoom = new Set([...firstNames, ...firstRoomNames(dist)])
  return { first: sum(firstNames), firstNames, firstRoom: sum([...firstRoom]), all: sum(all) }
}

/** The scripts that index.html leads to, without those of the rooms that are loaded when they are entered. */
function firstRoomNames(dist: string): string[] {
  const manifest: Readonly<Record<string, Chunk>> = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'))
  const found = new Set(['index.html'])
  for (const name of found) {
    const { imports = [], dynamicImports = [] } = manifest[name] ?? {}
    for (const next of [...imports, ...dynamicImports.filter(later => !later.endsWith('-room.tsx'))]) found.add(next)
  }
  return [...found].flatMap(name => manifest[name]?.file ?? []).filter(file => file.endsWith('.js'))
}
