import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { forbiddenRows } from '../fuzz/invariants.ts'
import type { Ground } from './ground.ts'
import type { Listener } from './listener.ts'
import { runProgram } from './program.ts'

const parityProgram = fileURLToPath(new URL('../../../lab/dist/parity.js', import.meta.url))
const listenersPatienceMs = 30_000

/** What is wrong after a scenario: in the tables, for a listener, or when everything is judged again. Empty if nothing is. */
export async function faultsOf(ground: Ground): Promise<readonly string[]> {
  // The attack had a database of its own and has checked that one.
  if (ground.servers().length === 0) return []
  const missed = await Promise.all(ground.listeners().map(listener => missedBy(ground, listener)))
  return [...missed.flat(), ...(await forbiddenRows(ground.url)), ...(await parityFaults(ground))]
}

/** Every standing verdict once, and nothing that was never stored, in order. The last ones may still be on their way. */
async function missedBy({ sql }: Ground, { ids, market }: Listener): Promise<readonly string[]> {
  const until = performance.now() + listenersPatienceMs
  const rows = await sql<{ seq: string; withdrawn_by: string | null }>(
    `select seq, withdrawn_by from verdicts where market = '${market}' order by seq`,
  )
  const standing = rows.filter(row => row.withdrawn_by === null).map(({ seq }) => Number(seq))
  const newest = standing.at(-1) ?? 0
  while ((ids.at(-1) ?? 0) < newest && performance.now() < until) await wait(20)
  const [heard, stored] = [new Set(ids), new Set(rows.map(({ seq }) => Number(seq)))]
  const missing = standing.filter(seq => !heard.has(seq))
  const faults: string[] = []
  if (missing.length > 0) faults.push(`a listener of ${market} missed ${missing.length} of ${standing.length} verdicts`)
  if (ids.some((id, i) => i > 0 && id <= (ids[i - 1] ?? 0)))
    faults.push(`a listener of ${market} heard out of order, or twice`)
  if (ids.some(id => !stored.has(id))) faults.push(`a listener of ${market} heard a verdict that is not stored`)
  return faults
}

async function parityFaults({ url, folder, modelsDir }: Ground): Promise<readonly string[]> {
  const file = join(folder, 'parity.json')
  const env = { DATABASE_URL: url, MODELS_DIR: modelsDir }
  const { code, text } = await runProgram(parityProgram, ['--json', file], env)
  if (code !== 0) return [`npm run parity ended with ${code}: ${text.trim().slice(-600)}`]
  const { compared, notCompared, differences } = JSON.parse(readFileSync(file, 'utf8'))
  return compared > 0 && notCompared === 0 && differences === 0
    ? []
    : [`parity: ${compared} compared, ${notCompared} not compared, ${differences} different`]
}
