import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Place } from './place.ts'
import { isRunning, processMark } from './process-mark.ts'

/** Registers this process as a user of the server. Returns the function that takes it off again. Call both under the folder's lock. */
export async function registerUser(place: Place): Promise<() => Promise<void>> {
  const file = join(folderOf(place), randomUUID())
  await mkdir(folderOf(place), { recursive: true })
  await writeFile(file, processMark(process.pid) ?? '', { mode: 0o644 })
  return () => rm(file, { force: true })
}

/** Returns true if any process still uses the server. Registrations of processes that died are removed. */
export async function hasUsers(place: Place): Promise<boolean> {
  let users = 0
  for (const name of await readdir(folderOf(place))) {
    const file = join(folderOf(place), name)
    if (isRunning(await readFile(file, 'utf8'))) users++
    else await rm(file, { force: true })
  }
  return users > 0
}

const folderOf = ({ home }: Place) => join(home, 'users')
