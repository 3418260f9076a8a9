// Compiles the workspaces and, with --page, bundles the page; does nothing while both are current.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildIfNeeded } from './build-if-needed.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const { workspaces } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const compiled = workspaces.filter(name => name !== 'web' && existsSync(join(root, name, 'tsconfig.json')))
const settings = ['tsconfig.base.json', 'tsconfig.json', 'package-lock.json']

const compile = {
  name: 'compile',
  reads: [...settings, ...workspaces.flatMap(sourcesOf), 'lstm/assembly', 'lstm/build.mjs', 'test'],
  writes: compiled.map(name => `${name}/dist`),
  run: () => {
    run('node', 'lstm/build.mjs')
    // The compiler goes by its .tsbuildinfo files and would not notice that a dist folder was deleted.
    const complete = compile.writes.every(path => existsSync(join(root, path)))
    run('node_modules/.bin/tsc', '-b', ...(complete ? [] : ['--force']))
  },
}

const page = {
  name: 'page',
  reads: [...settings, ...['web', 'api', 'core'].flatMap(sourcesOf)].concat([
    'web/index.html',
    'web/public',
    'web/vite.config.ts',
  ]),
  writes: ['web/dist/index.html'],
  run: () => run('node_modules/.bin/vite', 'build', 'web', '--logLevel', 'warn'),
}

await buildIfNeeded({
  root,
  state: join(root, 'node_modules/.cache/candlewatch-build'),
  builds: process.argv.includes('--page') ? [compile, page] : [compile],
})

function sourcesOf(workspace) {
  const settingsOf = readdirSync(join(root, workspace)).filter(name => /^(tsconfig.*|package)\.json$/.test(name))
  return [`${workspace}/src`, ...settingsOf.map(name => `${workspace}/${name}`)]
}

function run(command, ...args) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (error) throw error
  if (status !== 0) process.exit(status ?? 1)
}
