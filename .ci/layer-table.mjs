// Who may import whom: the table of docs/architecture.md as data, checked by layers.mjs.
//
// A row stands for the files of a folder (`server/http` is server/src/http and all below it; `core` alone is the files
// directly in core/src). Every file must belong to a row, so a new folder needs one. A part may always import itself.
//   imports   parts whose code it may import ('core/*' means every folder of core)
//   types     parts that it may name in `import type`, which is gone once compiled
//   packages  npm packages; left out, any but those that `reserved` keeps for certain parts
//   node      may it import Node's built-in modules

const coreFolders = ['core/state', 'core/stats', 'core/bars', 'core/features', 'core/calendar']
const api = ['api', 'api/values']
const tensorflow = ['@tensorflow/*']

export const table = {
  'api/values': { imports: [], types: ['api'], packages: [] },
  api: { imports: ['api/values'], packages: ['zod'] },

  lstm: { imports: [], packages: tensorflow },

  core: { imports: [], types: api, packages: [] },
  'core/state': { imports: ['core'], types: api, packages: [] },
  'core/stats': { imports: ['core', 'core/state'], types: api, packages: [] },
  'core/bars': { imports: ['core', 'core/state', 'core/stats'], types: api, packages: [] },
  'core/features': { imports: ['core', 'core/state', 'core/stats', 'core/bars'], types: api, packages: [] },
  'core/calendar': { imports: ['core', 'core/state', 'core/stats', 'core/bars'], types: api, packages: [] },
  'core/forecast': { imports: ['core', ...coreFolders, 'lstm'], types: api, packages: [...tensorflow, 'zod'] },
  'core/detectors': { imports: ['core', ...coreFolders, 'core/forecast'], types: api, packages: [] },
  'core/decide': { imports: ['core', ...coreFolders], types: api, packages: [] },
  'core/engine': {
    imports: ['core', ...coreFolders, 'core/forecast', 'core/detectors', 'core/decide'],
    types: api,
    packages: [],
  },
  'core/ticks': { imports: ['core', ...coreFolders, 'core/decide', 'core/engine'], types: api, packages: [] },
  'core/eval': { imports: ['core', ...coreFolders], types: api, packages: [] },

  adapters: { imports: [...api, 'core', 'adapters/*'], node: true },

  'server/platform': { imports: [...api, 'core', 'adapters'], node: true },
  'server/http': { imports: [...api, 'core', 'server/platform'], node: true },
  'server/*': {
    imports: [...api, 'core', 'core/*', 'adapters', 'server/http', 'server/platform'],
    types: ['server/*'],
    node: true,
  },
  server: { imports: [...api, 'core', 'core/*', 'adapters', 'server/*'], node: true },

  simulator: { imports: [...api, 'core', 'core/*', 'adapters'], node: true },
  lab: { imports: [...api, 'core', 'core/*', 'adapters'], node: true },
  bench: { imports: [...api, 'lstm', 'core', 'core/*', 'adapters', 'lab'], packages: ['*'], node: true },
}

/** The page's folders from the ground up. A folder may import those below it and, in its own row, where no cycle comes of it. */
const pageLayers = [
  ['format', 'plot'],
  ['api', 'state', 'sync'],
  ['layout', 'marks'],
  ['chart', 'replay', 'episodes', 'rehearsal', 'settings'],
]

const pagePart = (imports, packages = []) => ({
  imports: ['api/values', 'core', ...imports],
  types: [...api, 'core/*'],
  packages: ['preact', '@preact/signals', ...packages],
})
for (const [height, folders] of pageLayers.entries()) {
  const below = pageLayers.slice(0, height + 1).flat()
  for (const folder of folders) {
    const packages = folder === 'chart' ? ['plotly.js-basic-dist-min'] : []
    table[`web/${folder}`] = pagePart(
      below.map(name => `web/${name}`),
      packages,
    )
  }
}
// The page calls the server with the contract's client, which loads no schema.
table['web/api'].imports.push('api')
// Any other folder is a room; rooms do not import each other.
table['web/*'] = pagePart(pageLayers.flat().map(name => `web/${name}`))
table['web/shell'] = pagePart(['web/*'])
table.web = { imports: ['api/values', 'core', 'web/*'], types: api, packages: ['preact', '@preact/signals'] }

/** Packages that only those parts may import, whatever `packages` leaves open elsewhere. */
export const reserved = {
  '@tensorflow/*': ['core/forecast', 'lstm', 'bench'],
  'plotly.js*': ['web/chart', 'bench'],
  zod: ['api', 'core/forecast', 'server/*', 'server', 'simulator', 'lab'],
}

/** Folders whose code serves tests alone: no program may import it. */
export const forTests = ['adapters/src/stores/memory/', 'adapters/src/stores/contract/']
