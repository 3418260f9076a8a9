// Runs a build only if its sources have changed since it last succeeded, and never two at once: of several programs that
// are started together, the first builds and the others wait for it.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const pollMs = 100

/**
 * Builds what is out of date, in the order given. A build has a name, the files and folders that it reads, those that it
 * writes, and `run`, which throws if it fails. Stamps and the lock lie in the folder `state`.
 */
export async function buildIfNeeded({ root, state, builds, wait = () => sleep(pollMs) }) {
  if (builds.every(build => isCurrent(root, state, build))) return
  mkdirSync(state, { recursive: true })
  const unlock = await lock(join(state, 'lock'), wait)
  try {
    for (const build of builds) {
      if (isCurrent(root, state, build)) continue
      // Taken before it runs: a source that changes meanwhile makes the next start build again.
      const fingerprint = fingerprintOf(root, build.reads)
      await build.run()
      writeFileSync(stampOf(state, build), fingerprint)
    }
  } finally {
    unlock()
  }
}

function stampOf(state, { name }) {
  return join(state, `${name}.stamp`)
}

function isCurrent(root, state, build) {
  const stamp = stampOf(state, build)
  return (
    existsSync(stamp) &&
    build.writes.every(path => existsSync(join(root, path))) &&
    readFileSync(stamp, 'utf8') === fingerprintOf(root, build.reads)
  )
}

/** Name, size and time of change of every file, as one hash: it tells of deleted files and of older ones put back, too. */
function fingerprintOf(root, paths) {
  const hash = createHash('sha256')
  for (const path of paths) {
    for (const file of filesUnder(root, path)) {
      const { size, mtimeMs } = statSync(join(root, file))
      hash.update(`${file}\0${size}\0${mtimeMs}\n`)
    }
  }
  return hash.digest('hex')
}

function filesUnder(root, path) {
  if (!existsSync(join(root, path))) return []
  if (!statSync(join(root, path)).isDirectory()) return [path]
  const names = readdirSync(join(root, path)).sort()
  return names.flatMap(name => filesUnder(root, join(path, name)))
}

/** Waits until no other process holds the lock, takes it, and returns what gives it back. A dead process holds nothing. */
async function lock(file, wait) {
  for (let waited = false; ; waited = true) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' })
      return () => rmSync(file, { force: true })
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    if (!isHeld(file)) rmSync(file, { force: true })
    else {
      if (!waited) console.error(`Waiting for another build to finish (${file}).`)
      await wait()
    }
  }
}

function isHeld(file) {
  try {
    const owner = Number(readFileSync(file, 'utf8'))
    // The file exists, but its owner has not written its process id yet.
    if (owner === 0) return true
    process.kill(owner, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
