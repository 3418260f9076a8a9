import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { syntheticYear } from '@candlewatch/core/eval/synthetic'
import { isoDate } from '@candlewatch/core/interval'
import { msOf } from '@candlewatch/core/time'
import type { Ms, Series } from '@candlewatch/core/types'
import { afterEach } from 'vitest'
import type { Output } from '../program.ts'

/** The output of a program under test. */
export function recorder() {
  const lines: string[] = []
  const errors: string[] = []
  const output: Output = { isTTY: false, line: text => void lines.push(text), error: text => void errors.push(text) }
  return { output, lines, errors }
}

/** Made-up rows; the last one closes at `to`. */
export function madeUp(count: number, intervalMs = 3_600_000 as Ms, to = '2020-12-01', seed = 1): Series {
  const end = msOf(`${to}T00:00:00Z`)
  return syntheticYear({ seed, intervalMs, from: (end - count * intervalMs) as Ms, to: end }).series
}

const folders: string[] = []

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'candlewatch-lab-'))
  folders.push(folder)
  return folder
}

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
})

export async function writeCsv(folder: string, { bars, intervalMs }: Series, name = 'rows.csv'): Promise<string> {
  const file = join(folder, name)
  const rows = bars.map(b => [isoDate(b.ts - intervalMs), b.open, b.high, b.low, b.close, b.volume].join(','))
  await writeFile(file, ['date,open,high,low,close,volume', ...rows, ''].join('\n'))
  return file
}
