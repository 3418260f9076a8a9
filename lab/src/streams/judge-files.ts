import { availableParallelism } from 'node:os'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ErrorCode } from '@candlewatch/core/errors'
import { Piscina } from 'piscina'
import type { JudgedStream } from './judge-stream.ts'
import { marketWide } from './market-wide.ts'
import type { StreamFigures } from './stream-figures.ts'
import type { StreamAnswer, StreamJob } from './worker.ts'

/** A file that could not be judged. */
export interface Trouble {
  readonly file: string
  readonly code: ErrorCode
  readonly message: string
}

/** The streams that were judged, in the order of their files, and the files that could not be. */
export interface JudgedFiles {
  readonly streams: readonly StreamFigures[]
  readonly troubles: readonly Trouble[]
}

/** Judges each file, as many at a time as there are cores, then compares the streams. A file's trouble doesn't stop the others. */
export async function judgeFiles(jobs: readonly StreamJob[], onFile: (file: string) => void): Promise<JudgedFiles> {
  const threads = Math.min(jobs.length, availableParallelism())
  const pool = new Piscina({
    // Threads run compiled JavaScript, also when a test runs the sources.
    filename: fileURLToPath(new URL('../../dist/streams/worker.js', import.meta.url)),
    // Nor do they take over how a test resolves the workspaces.
    execArgv: [],
    minThreads: threads,
    maxThreads: threads,
  })
  try {
    const answers = await Promise.all(
      jobs.map(async job => {
        const answer: StreamAnswer = await pool.run(job)
        onFile(basename(job.file))
        return { file: basename(job.file), answer }
      }),
    )
    const judged: { readonly file: string; readonly stream: JudgedStream }[] = []
    const troubles: Trouble[] = []
    for (const { file, answer } of answers) {
      if ('code' in answer) troubles.push({ file, code: answer.code, message: answer.message })
      else judged.push({ file, stream: answer })
    }
    const moves = marketWide(judged.map(({ stream }) => stream.trace))
    const streams = judged.map(({ file, stream }, i) => ({ file, ...stream.figures, marketWide: moves[i] ?? null }))
    return { streams, troubles }
  } finally {
    await pool.destroy()
  }
}
