import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const script = new URL('../scripts/build-if-needed.mjs', import.meta.url)
let root = ''

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'candlewatch-build-'))
  mkdirSync(join(root, 'src'))
  writeFileSync(join(root, 'src/a.ts'), 'a')
  writeFileSync(join(root, 'src/b.ts'), 'b')
})
afterEach(() => rmSync(root, { recursive: true }))

describe('a build runs only if it is needed', () => {
  /** How many of two builds, the second of which reads what the first writes, ran at this start. */
  async function start({ fails = false } = {}): Promise<string[]> {
    const { buildIfNeeded } = await import(script.href)
    const ran: string[] = []
    const build = (name: string, reads: string[], writes: string[]) => ({
      name,
      reads,
      writes,
      run() {
        if (fails) throw Error('does not compile')
        ran.push(name)
        for (const path of writes) writeFileSync(join(root, path), name)
      },
    })
    const builds = [build('compile', ['src'], ['compiled']), build('page', ['src/b.ts'], ['bundle'])]
    await buildIfNeeded({ root, state: join(root, 'state'), builds })
    return ran
  }

  it('builds at the first start and not at the second', async () => {
    expect(await start()).toEqual(['compile', 'page'])
    expect(await start()).toEqual([])
  })

  it('builds again if an input changed, even if the file is older than the build', async () => {
    await start()
    utimesSync(join(root, 'src/a.ts'), 1, 1)
    expect(await start()).toEqual(['compile'])
  })

  it('builds again when a source was deleted', async () => {
    await start()
    rmSync(join(root, 'src/b.ts'))
    expect(await start()).toEqual(['compile', 'page'])
  })

  it('builds again when its output was deleted', async () => {
    await start()
    rmSync(join(root, 'bundle'))
    expect(await start()).toEqual(['page'])
  })

  it('tries again after a build that failed', async () => {
    await expect(start({ fails: true })).rejects.toThrow('does not compile')
    expect(await start()).toEqual(['compile', 'page'])
  })
})

describe('programs that are started together', () => {
  const started: ChildProcess[] = []
  afterEach(() => {
    for (const program of started.splice(0)) program.kill('SIGKILL')
  })

  /** A program whose build says when it begins and lasts until it is sent a message. */
  function program() {
    const main = join(root, 'main.mjs')
    const build = `{ name: 'compile', reads: ['src'], writes: ['compiled'], run: async () => {
      process.send('building')
      await new Promise(resolve => process.once('message', resolve))
      appendFileSync('compiled', 'built once. ')
    } }`
    writeFileSync(
      main,
      `import { appendFileSync } from 'node:fs'
       import { buildIfNeeded } from ${JSON.stringify(script.href)}
       await buildIfNeeded({ root: '.', state: 'state', builds: [${build}] })
       process.disconnect()`,
    )
    const child = fork(main, { cwd: root, stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: [] })
    started.push(child)
    return child
  }

  /** Resolves when a program reports that it waits for another. */
  async function waits(child: ChildProcess) {
    if (!child.stderr) throw Error('Expected its errors to be read.')
    for await (const line of createInterface(child.stderr)) if (line.startsWith('Waiting for another build')) return
    throw Error('Expected it to wait for the other build; it ended.')
  }

  it('one builds, the other waits and does not build again', async () => {
    const first = program()
    await once(first, 'message')
    const second = program()
    await waits(second)
    first.send('go on')
    const exits = await Promise.all([once(first, 'exit'), once(second, 'exit')])
    expect(exits.map(([code]) => code)).toEqual([0, 0])
    expect(readFileSync(join(root, 'compiled'), 'utf8')).toBe('built once. ')
    expect(existsSync(join(root, 'state/lock'))).toBe(false)
  })

  it('the next builds if the one that was building has died', async () => {
    const first = program()
    await once(first, 'message')
    first.kill('SIGKILL')
    await once(first, 'exit')
    const second = program()
    await once(second, 'message')
    second.send('go on')
    expect((await once(second, 'exit'))[0]).toBe(0)
    expect(readFileSync(join(root, 'compiled'), 'utf8')).toBe('built once. ')
  })
})

it('every script of the repository that needs a build goes through it', () => {
  const { scripts } = JSON.parse(readFileSync(fileURLToPath(new URL('../package.json', import.meta.url)), 'utf8'))
  for (const command of Object.values<string>(scripts)) {
    if (/\/dist\/|vitest run$/.test(command)) expect(command).toMatch(/^node scripts\/build\.mjs( --page)? && /)
  }
})
