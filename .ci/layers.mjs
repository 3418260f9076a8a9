// Checks who imports whom: the table in layer-table.mjs, and that no imports form a cycle, imports of types included.
// `--root DIR` checks another tree by the same table. A parser is all it needs: every import in this repository names its
// file, and a workspace's package name stands for its src folder, so there is nothing to resolve (docs/decisions/0020).
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, join, posix, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseSync } from 'oxc-parser'
import { forTests, reserved, table } from './layer-table.mjs'

const root = option('--root') ?? fileURLToPath(new URL('..', import.meta.url))
const workspaces = [...new Set(Object.keys(table).map(part => part.split('/')[0]))]
const files = workspaces.flatMap(sourcesOf)
const imports = files.flatMap(importsOf)
const faults = [
  ...files.flatMap(strayOf),
  ...imports.flatMap(faultsOf),
  ...cycles(imports, 'file'),
  ...cycles(imports, 'part'),
]

for (const fault of faults) console.error(`layers: ${fault}`)
console.log(`layers: ${imports.length} imports checked, ${faults.length} wrong.`)
process.exit(faults.length > 0 ? 1 : 0)

function option(name) {
  const at = process.argv.indexOf(name)
  return at > 0 ? resolve(process.argv[at + 1]) : undefined
}

/** The paths of a workspace's sources, from the root, with slashes. */
function sourcesOf(workspace) {
  const folder = join(root, workspace, 'src')
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.d.ts'))
    .map(entry => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
}

/** The imports and re-exports of a file: where, what, and whether the compiler erases it. */
function importsOf(file) {
  const source = readFileSync(join(root, file), 'utf8')
  const { module, errors: unreadable } = parseSync(file, source)
  if (unreadable.length > 0) throw Error(`${file}: ${unreadable[0].message}`)
  const found = [
    ...module.staticImports.map(one => ({ at: one, request: one.moduleRequest })),
    ...module.staticExports.flatMap(one => {
      const request = one.entries.find(entry => entry.moduleRequest)?.moduleRequest
      return request ? [{ at: one, request }] : []
    }),
    ...module.dynamicImports.map(one => ({ at: one, request: one.moduleRequest })),
  ]
  return found.flatMap(({ at, request }) => {
    const text = source.slice(request.start, request.end)
    if (!/^['"`][^$]*['"`]$/.test(text)) return []
    const specifier = text.slice(1, -1)
    return {
      file,
      line: source.slice(0, at.start).split('\n').length,
      specifier,
      target: targetOf(file, specifier),
      // `import { type A }` keeps its import once compiled: only a whole statement of types is erased.
      typesOnly: /^(import|export)\s+type\b/.test(source.slice(at.start, at.end)),
    }
  })
}

/** The file that an import names, from the root; null for a package. */
function targetOf(file, specifier) {
  if (specifier.startsWith('.')) return posix.join(dirname(file), specifier)
  const [, workspace, path] = /^@candlewatch\/([^/]+)(?:\/(.+))?$/.exec(specifier) ?? []
  return workspace ? `${workspace}/src/${path ?? 'index'}.ts` : null
}

/** The row of the table that a file belongs to: the longest that fits; undefined where none does. */
function partOf(file) {
  const [workspace, , ...folders] = dirname(file).split('/')
  const parts = Object.keys(table).filter(part => part.startsWith(`${workspace}/`))
  for (let depth = folders.length; depth > 0; depth--) {
    const part = [workspace, ...folders.slice(0, depth)].join('/')
    if (part in table) return part
  }
  if (folders.length > 0 && `${workspace}/*` in table) return `${workspace}/${folders[0]}`
  return folders.length === 0 || parts.length === 0 ? workspace : undefined
}

function rowOf(part) {
  return table[part] ?? table[`${part.split('/')[0]}/*`]
}

function matches(name, patterns) {
  return patterns.some(pattern =>
    pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern || name.startsWith(`${pattern}/`),
  )
}

function isTest(file) {
  return /\.(test|suite)\.tsx?$/.test(file) || forTests.some(folder => file.startsWith(folder))
}

/** A fault for a file that belongs to no row, as a list. */
function strayOf(file) {
  return partOf(file) ? [] : [`${file}: its folder has no row in .ci/layer-table.mjs`]
}

/** The fault of an import, if it has one, as a list. */
function faultsOf({ file, line, specifier, target, typesOnly }) {
  const part = partOf(file)
  if (part === undefined || isTest(file)) return []
  const refusal = target === null ? packageRefusal(part, specifier) : partRefusal(part, target, typesOnly)
  return refusal ? [`${file}:${line} imports ${specifier}: ${refusal}`] : []
}

/** Why a part may not import a file; undefined if it may. */
function partRefusal(part, target, typesOnly) {
  const { imports, types = [] } = rowOf(part)
  const other = partOf(target)
  if (isTest(target)) return 'only tests may'
  if (other === undefined) return 'its folder has no row in .ci/layer-table.mjs'
  if (other === part || allowed(other, imports)) return undefined
  if (!allowed(other, types)) return `${part} may not import ${other}`
  return typesOnly ? undefined : `${part} may import only types from ${other}`
}

/** Why a part may not import a package or a module of Node; undefined if it may. */
function packageRefusal(part, specifier) {
  const { packages, node } = rowOf(part)
  if (isBuiltin(specifier)) return node ? undefined : `${part} may not import modules of Node`
  const keeper = Object.entries(reserved).find(([pattern]) => matches(specifier, [pattern]))
  if (keeper && !allowed(part, keeper[1])) return `only ${keeper[1].join(', ')} may`
  return packages === undefined || matches(specifier, packages) ? undefined : `${part} may not import this package`
}

/** Parts are compared whole: 'core' is not 'core/stats', but 'core/*' is. */
function allowed(part, patterns) {
  return patterns.some(pattern => (pattern.endsWith('/*') ? part.startsWith(pattern.slice(0, -1)) : part === pattern))
}

/** Cycles of imports, each reported once, by its shortest path. Between parts, types and tests do not count. */
function cycles(all, level) {
  const edges = new Map()
  for (const { file, target, typesOnly } of all) {
    if (target === null || (level === 'part' && (typesOnly || isTest(file)))) continue
    const [from, to] = level === 'file' ? [file, target] : [partOf(file), partOf(target)]
    if (from === to && level === 'part') continue
    edges.set(from, (edges.get(from) ?? new Set()).add(to))
  }
  const reported = new Set()
  return [...edges.keys()].sort().flatMap(start => {
    const path = reported.has(start) ? undefined : cycleFrom(edges, start)
    for (const step of path ?? []) reported.add(step)
    return path ? [`cycle of ${level}s: ${[...path, start].join(' → ')}`] : []
  })
}

/** The shortest path from a node back to itself, breadth first. */
function cycleFrom(edges, start) {
  const paths = [[start]]
  const seen = new Set()
  for (const path of paths) {
    for (const next of edges.get(path.at(-1)) ?? []) {
      if (next === start) return path
      if (seen.has(next)) continue
      seen.add(next)
      paths.push([...path, next])
    }
  }
  return undefined
}
