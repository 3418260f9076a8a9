import { createHash, type Hash } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbedded } from '@candlewatch/adapters/stores/embedded/embedded'
import { nth } from '@candlewatch/core/nth'
import fc from 'fast-check'
import { type BenchServer, startBenchServer } from '../server-process.ts'
import { checkAnswer } from './expectation.ts'
import { brokenInvariants } from './invariants.ts'
import { watchMemory } from './memory.ts'
import { parity } from './parity.ts'
import { type Plan, plan } from './plans.ts'
import { Caller } from './requests.ts'
import { curlOf, type Line, makeLine } from './send.ts'

/** The options of a run. */
export interface FuzzOptions {
  readonly requests: number
  readonly seed: number
  /** With 1, the same requests are sent in the same order, byte for byte. With more, they are interleaved. */
  readonly connections: number
  say(line: string): void
}

/** The result of a run. */
export interface FuzzReport {
  readonly sent: number
  readonly rows: number
  readonly verdicts: number
  readonly seconds: number
  /** SHA-256 of all requests, connection by connection. */
  readonly fingerprint: string
  readonly byStatus: Readonly<Record<string, number>>
  readonly memory: Awaited<ReturnType<ReturnType<typeof watchMemory>['stop']>>
  /** Empty if nothing is wrong. */
  readonly faults: readonly string[]
}

/** Runs valid and invalid requests of every kind against a server and a database of its own. */
export async function fuzz(options: FuzzOptions): Promise<FuzzReport> {
  const folder = mkdtempSync(join(tmpdir(), 'candlewatch-fuzz-'))
  // As root, the database runs as another user, who must be able to enter the folder.
  chmodSync(folder, 0o755)
  const database = await startEmbedded({ dataDir: join(folder, 'postgres') })
  try {
    const server = await startBenchServer({ DATABASE_URL: database.url })
    return await new Run(options, server).all(database.url)
  } finally {
    await database.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

// With fewer requests memory is not judged: engines still fill their windows, and V8 grows its heap.
const warmRequests = 50_000
// Allows for chance. A kilobyte lost per request would be as much.
const mostMbPer10000 = 10

class Run {
  readonly #options: FuzzOptions
  readonly #server: BenchServer
  readonly #byStatus: Record<string, number> = {}
  readonly #faults: string[] = []
  #sent = 0

  constructor(options: FuzzOptions, server: BenchServer) {
    this.#options = options
    this.#server = server
  }

  async all(databaseUrl: string): Promise<FuzzReport> {
    const { requests, seed, connections, say } = this.#options
    const from = performance.now()
    const callers = Array.from({ length: connections }, (_, i) => new Caller(seed, i))
    const streams = () => callers.reduce((sum, { accepted }) => sum + accepted.streams.size, 0)
    const memory = watchMemory(this.#server.pid, () => ({ requests: this.#sent, streams: streams() }))
    const talk = setInterval(() => say(`${this.#sent} requests, ${this.#statusLine()}`), 30_000)
    const hashes = callers.map(() => createHash('sha256'))
    const each = Math.ceil(requests / connections)
    await Promise.all(callers.map((caller, i) => this.#call(caller, i, each, nth(hashes, i))))
    clearInterval(talk)
    const seconds = (performance.now() - from) / 1_000
    await this.#stillThere()
    const measured = await memory.stop()
    if (this.#sent >= warmRequests && measured.mbPer10000 > mostMbPer10000) {
      this.#faults.push(`The server grew by ${measured.mbPer10000.toFixed(1)} MB every 10,000 requests.`)
    }
    await this.#server.stop()
    const accepted = callers.map(caller => caller.accepted)
    say(`${this.#sent} requests in ${seconds.toFixed(0)} s; the database is checked now.`)
    this.#faults.push(...(await brokenInvariants(databaseUrl, accepted)))
    const { compared, faults } = await parity(databaseUrl)
    const all = createHash('sha256')
    for (const hash of hashes) all.update(hash.digest())
    const rows = accepted.flatMap(({ streams }) => [...streams.values()]).reduce((sum, one) => sum + one.rows.size, 0)
    return {
      sent: this.#sent,
      rows,
      verdicts: compared,
      seconds,
      byStatus: this.#byStatus,
      memory: measured,
      fingerprint: all.digest('hex'),
      faults: [...this.#faults, ...faults],
    }
  }

  /** fast-check makes the plans from the seed and, if one fails, looks for the smallest that fails. */
  async #call(caller: Caller, number: number, numRuns: number, hash: Hash): Promise<void> {
    const line = makeLine(this.#server.url)
    const property = fc.asyncProperty(plan, async one => {
      // One failure is enough: the others stop where they are.
      if (this.#faults.length > 0) return
      await this.#carryOut(caller, line, one, hash)
    })
    const seed = this.#options.seed * 1_000 + number
    const found = await fc.check(property, { seed, numRuns })
    line.close()
    if (!found.failed) return
    const why = found.errorInstance instanceof Error ? found.errorInstance.message : String(found.errorInstance)
    this.#faults.push(
      `After ${found.numRuns} requests of connection ${number}, made smaller ${found.numShrinks} times: ${why}`,
    )
  }

  async #carryOut(caller: Caller, line: Line, one: Plan, hash: Hash): Promise<void> {
    this.#sent += 1
    if (one.kind === 'bytes') {
      const sent = Buffer.concat([Buffer.from(one.head), one.bytes])
      hash.update(sent)
      const text = await line.bytes(sent)
      this.#count(/^HTTP\/1.1 (\d+)/.exec(text)?.[1] ?? 'hung up')
      if (/^HTTP\/1.1 5/.test(text)) throw new Error(`${text.slice(0, 300)}\nfor the bytes ${sent.toString('base64')}`)
      return
    }
    const request = caller.request(one)
    hash.update(JSON.stringify([request.method, request.path, request.headers, request.body]))
    if (one.kind === 'cut') {
      this.#count('cut')
      await line.cut({ ...request, path: one.path }, one.share)
      return
    }
    try {
      const answer = await line.ask(request)
      this.#count(String(answer.status))
      checkAnswer(request, answer)
    } catch (error) {
      throw new Error(`${(error as Error).message}\n${curlOf(this.#server.url, request)}`, { cause: error })
    }
  }

  async #stillThere(): Promise<void> {
    const healthy = await fetch(`${this.#server.url}/readyz`).then(
      response => response.ok,
      () => false,
    )
    if (!healthy) this.#faults.push('The server has ended or is not ready.')
  }

  #count(status: string): void {
    this.#byStatus[status] = (this.#byStatus[status] ?? 0) + 1
  }

  #statusLine(): string {
    return Object.entries(this.#byStatus)
      .map(([status, count]) => `${status}: ${count}`)
      .join(', ')
  }
}
