import { execFileSync } from 'node:child_process'
import { readFileSync, readlinkSync } from 'node:fs'
import { codeOf } from '../../system-error.ts'

/**
 * Returns a text of a running process's number and start time, which identifies the process: numbers alone are used again,
 * in containers after every start. Returns null if no such process runs; a zombie does not run.
 */
export function processMark(pid: number): string | null {
  const birth = process.platform === 'linux' ? birthOnLinux(pid) : birthElsewhere(pid)
  return birth === null ? null : `${pid} ${birth}`
}

/** Returns true if the process that wrote `mark` still runs. */
export function isRunning(mark: string): boolean {
  const pid = Number.parseInt(mark, 10)
  return pid > 0 && processMark(pid) === mark
}

/** Returns true if the process works in `folder` or, where the system can't tell, if it is called `name`. */
export function worksIn(pid: number, folder: string, name: string): boolean {
  try {
    // The command line names the folder as it was called at start; it may have been moved since.
    if (process.platform === 'linux') return readlinkSync(`/proc/${pid}/cwd`) === folder
  } catch {}
  try {
    return ps(pid, 'command').includes(name)
  } catch {
    return true
  }
}

function birthOnLinux(pid: number): string | null {
  try {
    // proc(5): after the command in brackets, which may itself hold brackets, state is the 1st field and starttime the 20th.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [state, birth] = [fields[0], fields[19]]
    return state === undefined || birth === undefined || 'ZX'.includes(state) ? null : birth
  } catch {
    return null
  }
}

function birthElsewhere(pid: number): string | null {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (codeOf(error) !== 'EPERM') return null
  }
  try {
    return ps(pid, 'lstart') || null
  } catch {
    return 'unknown'
  }
}

const ps = (pid: number, column: string) =>
  execFileSync('ps', ['-o', `${column}=`, '-p', String(pid)], { encoding: 'utf8' }).trim()
