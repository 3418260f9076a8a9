import { spawnSync } from 'node:child_process'
import { constants, existsSync } from 'node:fs'
import {
  access,
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readFile,
  readlink,
  realpath,
  rmdir,
  stat,
  symlink,
} from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { CandlewatchError } from '@candlewatch/core/errors'
import { codeOf } from '../../system-error.ts'

/** The user that runs the server, because PostgreSQL refuses to run as root. */
export interface Owner {
  readonly uid: number
  readonly gid: number
}

/** The folders of a private server. `data` is the cluster and belongs to the owner; all else in `home` is ours. */
export interface Place {
  readonly home: string
  readonly data: string
  /** null = the user of this process. */
  readonly owner: Owner | null
}

const nobody = 65534
const systemFolder = '/var/lib/candlewatch'

/**
 * Creates the server's folders and returns them. For an ordinary user that is `dataDir` itself. For root, if the owner can't
 * enter it (a checkout under a 0700 home), it is a folder under /var/lib/candlewatch with a link to it at `dataDir`. Throws
 * ERR_DATABASE_UNAVAILABLE.
 */
export async function findPlace(dataDir: string): Promise<Place> {
  const wanted = resolve(dataDir)
  if (process.getuid?.() !== 0) {
    await mkdir(wanted, { recursive: true, mode: 0o700 }).catch(async error => {
      throw (await foreignFolder(wanted)) ?? error
    })
    return placeOf(wanted, null)
  }
  const serverOwner = await ownerForRoot()
  await mkdir(dirname(wanted), { recursive: true })
  await makeFolder(wanted, serverOwner)
  const place = await placeOf(wanted, serverOwner)
  if (place.owner && !canEnter(place.owner, place.home)) {
    throw unavailable(
      `The folder ${wanted} can't be entered by user ${place.owner.uid}, who runs PostgreSQL because root must not.`,
      `Move the checkout to where that user can enter it, name another folder with DATA_DIR, or empty this one to start anew.`,
    )
  }
  return place
}

/** The error for the folder, or the nearest one above it that exists, if another user owns it and this one cannot write there. */
async function foreignFolder(wanted: string): Promise<CandlewatchError | null> {
  const found = await stat(wanted).catch(() => null)
  if (!found) return dirname(wanted) === wanted ? null : foreignFolder(dirname(wanted))
  const user = process.getuid?.()
  const isOpen = await access(wanted, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  )
  if (user === undefined || found.uid === user || isOpen) return null
  return unavailable(
    `The folder ${wanted} belongs to user ${found.uid}, not to the current user ${user}, who cannot write there.`,
    `${howToOwn(wanted, user)}, or name another folder with DATA_DIR.`,
  )
}

const howToOwn = (folder: string, user: number) =>
  `Start as that user or as root, let root run: chown -R ${user} ${folder}`

/** Returns options that make a child process run as `owner`. It starts in '/', because it may not enter the current folder. */
export function runAs(owner: Owner | null) {
  const environment = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }
  return { cwd: '/', env: environment, ...owner }
}

/** Asks the system instead of reading modes, because groups, access lists and read-only mounts count too. */
export function canRun(owner: Owner | null, program: string): boolean {
  if (!owner) return existsSync(program)
  return spawnSync('/bin/sh', ['-c', 'test -x "$0"', program], runAs(owner)).status === 0
}

function canEnter(owner: Owner, folder: string): boolean {
  return spawnSync('/bin/sh', ['-c', 'cd -- "$0"', folder], { ...runAs(owner), stdio: 'ignore' }).status === 0
}

async function makeFolder(wanted: string, owner: Owner): Promise<void> {
  const found = await lstat(wanted).catch(() => null)
  if (found?.isSymbolicLink()) return makeReachable(resolve(dirname(wanted), await readlink(wanted)))
  if (canEnter(owner, dirname(wanted))) return found && found.uid !== 0 ? undefined : makeReachable(wanted)
  if (found && !(await removeEmpty(wanted))) return // findPlace refuses it
  // Only the link points to the folder, so a new checkout in the place of an old one starts with an empty database.
  await makeReachable(systemFolder)
  const elsewhere = await mkdtemp(join(systemFolder, `${basename(dirname(dirname(wanted))) || 'data'}-`))
  await makeReachable(elsewhere)
  await symlink(elsewhere, wanted).catch(async error => {
    // Another process created its link first, and that one counts.
    await rmdir(elsewhere)
    ignoreExisting(error)
  })
}

/** Creates a folder that every user can enter, regardless of the umask. */
async function makeReachable(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  await chmod(folder, 0o755)
}

const removeEmpty = (folder: string) =>
  rmdir(folder).then(
    () => true,
    () => false,
  )

async function placeOf(wanted: string, serverOwner: Owner | null): Promise<Place> {
  const home = await realpath(wanted)
  const data = join(home, 'data')
  const found = await stat(data).catch(() => null)
  if (serverOwner) {
    const isCopied = found?.uid === 0
    if (isCopied) giveTo(serverOwner, data)
    return { home, data, owner: found && !isCopied ? { uid: found.uid, gid: found.gid } : serverOwner }
  }
  const user = process.getuid?.()
  if (found && user !== undefined && found.uid !== user) {
    throw unavailable(
      `The data in ${home} belongs to user ${found.uid}, not to the current user ${user}.`,
      `${howToOwn(home, user)}, or name another folder with DATA_DIR.`,
    )
  }
  const foreign = await foreignFolder(home)
  if (foreign) throw foreign
  return { home, data, owner: null }
}

/** Makes the owner of the server the owner of its data. They belong to root only if root has copied them: no server wrote them. */
function giveTo({ uid, gid }: Owner, data: string): void {
  const { status, stderr } = spawnSync('chown', ['-R', '-h', `${uid}:${gid}`, data], { encoding: 'utf8' })
  if (status === 0) return
  throw unavailable(
    `The data in ${data} belongs to root, who must not run PostgreSQL, and could not be given to user ${uid}: ${stderr?.trim()}`,
    `Run: chown -R ${uid}:${gid} ${data}.`,
  )
}

async function ownerForRoot(): Promise<Owner> {
  const users = await readFile('/etc/passwd', 'utf8').catch(() => '')
  const fields = users
    .split('\n')
    .find(line => line.startsWith('postgres:'))
    ?.split(':')
  return fields ? { uid: Number(fields[2]), gid: Number(fields[3]) } : { uid: nobody, gid: nobody }
}

/** Ignores the error that a file exists already, and throws all others. */
export function ignoreExisting(error: unknown): void {
  if (codeOf(error) !== 'EEXIST') throw error
}

/** The error ERR_DATABASE_UNAVAILABLE: what was found, then what to do; setting DATABASE_URL helps in every case. */
export function unavailable(found: string, remedy: string, cause?: unknown): CandlewatchError {
  return new CandlewatchError(
    'ERR_DATABASE_UNAVAILABLE',
    `Expected to start a private PostgreSQL. ${found} ${remedy} Or set DATABASE_URL to a PostgreSQL 15 or later.`,
    cause === undefined ? {} : { cause },
  )
}
