import { randomUUID } from 'node:crypto'
import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { codeOf } from '../../system-error.ts'
import { isRunning, processMark } from './process-mark.ts'

const pollMs = 20
/** Creating and writing a lock file takes microseconds, and so does removing that of a dead process. */
const abandonedMs = 5_000

/**
 * Runs `action` under a lock file, which excludes other processes and other parts of this one. The lock of a process that
 * died is void. Throws if the lock stays taken for `patienceMs`.
 */
export async function withLock<T>(file: string, patienceMs: number, action: () => Promise<T>): Promise<T> {
  const mine = `${processMark(process.pid)}\n${randomUUID()}`
  const deadline = performance.now() + patienceMs
  while (!(await take(file, mine))) {
    if (performance.now() > deadline) throw new Error(`Another process has held ${file} for ${patienceMs / 1000} s.`)
    await breakAbandoned(file)
    await wait(pollMs)
  }
  try {
    return await action()
  } finally {
    if ((await read(file)) === mine) await rm(file, { force: true })
  }
}

async function take(file: string, mine: string): Promise<boolean> {
  try {
    await writeFile(file, mine, { flag: 'wx', mode: 0o644 })
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

// Two processes that find the same dead holder must not both remove the lock file: the second would remove the first one's
// new lock. So only one at a time removes a lock, and checks again before it does.
async function breakAbandoned(file: string): Promise<void> {
  if (!(await isAbandoned(file))) return
  const breaker = `${file}.break`
  if (!(await take(breaker, ''))) {
    if ((await ageMs(breaker)) > abandonedMs) await rm(breaker, { force: true })
    return
  }
  try {
    if (await isAbandoned(file)) await rm(file, { force: true })
  } finally {
    await rm(breaker, { force: true })
  }
}

async function isAbandoned(file: string): Promise<boolean> {
  const holder = await read(file)
  if (holder === null) return false
  const [mark = ''] = holder.split('\n')
  return mark === '' ? (await ageMs(file)) > abandonedMs : !isRunning(mark)
}

const read = (file: string) => readFile(file, 'utf8').catch(() => null)

async function ageMs(file: string): Promise<number> {
  const found = await stat(file).catch(() => null)
  return found ? Date.now() - found.mtimeMs : 0
}
