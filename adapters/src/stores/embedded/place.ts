import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, lstat, mkdir, mkdtemp, readFile, readlink, realpath, rmdir, stat, symlink } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { unavailable } from './unavailable.ts'

/** Who runs the server: PostgreSQL refuses to run as root. */
export interface Owner {
  readonly uid: number
  readonly gid: number
}

/** Where a private server's files lie. `data` is the cluster and belongs to the owner; all else in `home` is ours. */
export interface Place {
  readonly home: string
  readonly data: string
  /** null: this very process's user. */
  readonly owner: Owner | null
}

const nobody = 65534
const systemFolder = '/var/lib/candlewatch'

/**
 * The folder itself as an ordinary user. As root, where the owner can't enter it (a checkout under a 0700 home), a folder
 * of its own under /var/lib/candlewatch, with a link to it at `dataDir`. Makes the folders. Throws ERR_DATABASE_UNAVAILABLE.
 */
export async function findPlace(dataDir: string): Promise<Place> {
  const wanted = resolve(dataDir)
  if (process.getuid?.() !== 0) {
    await mkdir(wanted, { recursive: true, mode: 0o700 })
    return placeOf(wanted, null)
  }
  const serverOwner = await ownerForRoot()
  await mkdir(dirname(wanted), { recursive: true })
  await makeFolder(wanted, serverOwner)
  const place = await placeOf(wanted, serverOwner)
  if (place.owner && !canEnter(place.owner, place.home)) {
    throw unavailable(
      `The folder ${wanted} can't be entered by user ${place.owner.uid}, who runs PostgreSQL because root must not.`,
      'Empty it, or name another folder.',
    )
  }
  return place
}

/** Options that make a child process run as `owner`. From '/', because the present folder may be closed to it. */
export function runAs(owner: Owner | null) {
  const environment = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }
  return { cwd: '/', env: environment, ...owner }
}

/** Asks the system rather than reading modes: groups, access lists and read-only mounts count too. */
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
  // The link alone says whose folder it is: a new checkout where an old one was starts with nothing of its data.
  await makeReachable(systemFolder)
  const elsewhere = await mkdtemp(join(systemFolder, `${basename(dirname(dirname(wanted))) || 'data'}-`))
  await makeReachable(elsewhere)
  await symlink(elsewhere, wanted).catch(async error => {
    // Another process linked its own first: that one counts.
    await rmdir(elsewhere)
    ignoreExisting(error)
  })
}

/** Whatever the umask is. */
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
  if (!found) return { home, data, owner: serverOwner }
  if (serverOwner) return { home, data, owner: found.uid === 0 ? serverOwner : { uid: found.uid, gid: found.gid } }
  if (process.getuid && found.uid !== process.getuid()) {
    throw unavailable(
      `The data in ${home} belongs to user ${found.uid}, not to user ${process.getuid()}, who asks for it.`,
      'Start as the user (or root) who made it, or name another folder.',
    )
  }
  return { home, data, owner: null }
}

async function ownerForRoot(): Promise<Owner> {
  const users = await readFile('/etc/passwd', 'utf8').catch(() => '')
  const fields = users
    .split('\n')
    .find(line => line.startsWith('postgres:'))
    ?.split(':')
  return fields ? { uid: Number(fields[2]), gid: Number(fields[3]) } : { uid: nobody, gid: nobody }
}

export function ignoreExisting(error: { code?: string }): void {
  if (error.code !== 'EEXIST') throw error
}
