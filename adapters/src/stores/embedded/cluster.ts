import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Binaries } from './binaries.ts'
import { type Place, runAs, unavailable } from './place.ts'

const run = promisify(execFile)

/**
 * The user of the programs, who owns the database of the same name and can make others, but is no superuser. It has a password
 * because every local user can reach the port. In folders of older versions it is the superuser, which cannot be changed.
 */
export const userName = 'candlewatch'

/** The superuser. Nobody knows its password, so that it cannot connect. */
const superuser = 'postgres'

/** The file with the password, readable by this user only. */
export const passwordFile = ({ home }: Place) => join(home, 'password')

/** Reads the password of the private server's user. */
export const readPassword = (place: Place) => readFile(passwordFile(place), 'utf8')

/** Returns true if the data folder has been created. */
export async function hasCluster({ data }: Place): Promise<boolean> {
  return (await stat(join(data, 'PG_VERSION')).catch(() => null)) !== null
}

/** Creates the data folder completely or not at all: an interrupted attempt leaves an `init-…` folder, which the next one removes. */
export async function makeCluster(place: Place, binaries: Binaries): Promise<void> {
  await removeAttempts(place)
  const password = newPassword()
  await writeFile(passwordFile(place), password, { mode: 0o600 })
  const attempt = await mkdtemp(join(place.home, 'init-'))
  const passwordCopy = join(attempt, 'password')
  await writeFile(passwordCopy, newPassword(), { mode: 0o600 })
  await mkdir(join(attempt, 'data'), { mode: 0o700 })
  if (place.owner) {
    for (const path of [join(attempt, 'data'), passwordCopy, attempt]) {
      await chown(path, place.owner.uid, place.owner.gid)
    }
  }
  await initialise(place, binaries, join(attempt, 'data'), passwordCopy)
  await makeUser(place, binaries, join(attempt, 'data'), password)
  await rename(join(attempt, 'data'), place.data)
  await removeAttempts(place)
}

async function initialise(place: Place, binaries: Binaries, data: string, passwordCopy: string): Promise<void> {
  const options = ['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--data-checksums']
  const folders = ['-D', data, `--username=${superuser}`, `--pwfile=${passwordCopy}`]
  try {
    await run(join(binaries.folder, 'initdb'), [...folders, ...options], runAs(place.owner))
  } catch (error) {
    const output = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error)
    throw unavailable(`initdb of ${binaries.folder} failed: ${output}`, 'Correct that and start again.', error)
  }
}

/** Creates the user and its database, by a server that serves this process alone and reads a statement a line. */
async function makeUser(place: Place, binaries: Binaries, data: string, password: string): Promise<void> {
  const args = ['--single', '-j', '-D', data, '-c', 'exit_on_error=on', 'template1']
  const child = spawn(join(binaries.folder, 'postgres'), args, {
    ...runAs(place.owner),
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  let output = ''
  child.stderr.on('data', chunk => (output += chunk))
  child.stdin.on('error', () => {})
  child.stdin.end(
    [`create role ${userName} login createdb password '${password}'`, `create database ${userName} owner ${userName}`]
      .map(statement => `${statement};\n\n`)
      .join(''),
  )
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve))
  if (code === 0) return
  throw unavailable(
    `${binaries.folder}/postgres did not create the user: ${output.trim()}`,
    'Correct that and start again.',
  )
}

async function removeAttempts({ home }: Place): Promise<void> {
  for (const name of await readdir(home)) {
    // A child of a killed process may still be writing into its folder; a later attempt removes that.
    if (name.startsWith('init-')) await rm(join(home, name), { recursive: true, force: true }).catch(() => {})
  }
}

const newPassword = () => randomBytes(24).toString('base64url')
