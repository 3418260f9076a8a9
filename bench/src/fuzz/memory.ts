import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { known, nth } from '@candlewatch/core/nth'

const run = promisify(execFile)

// The memory of one engine, measured over 1,500 bars. The server keeps 256 engines, so that much is expected.
const engineMb = 1.6

/** Samples the memory of a process in relation to the requests answered and the engines that it keeps. */
export function watchMemory(pid: number, now: () => { readonly requests: number; readonly streams: number }) {
  const samples: { readonly requests: number; readonly streams: number; readonly mb: number }[] = []
  const sample = async () => {
    const { stdout } = await run('ps', ['-o', 'rss=', '-p', String(pid)]).catch(() => ({ stdout: '' }))
    if (stdout.trim() !== '') samples.push({ ...now(), mb: Number(stdout) / 1_024 })
  }
  const timer = setInterval(() => void sample(), 1_000)
  return {
    async stop() {
      clearInterval(timer)
      await sample()
      const late = samples.slice(Math.floor(samples.length / 2))
      return {
        firstMb: nth(samples, 0).mb,
        mostMb: Math.max(...samples.map(({ mb }) => mb)),
        lastMb: known(samples.at(-1)).mb,
        streams: known(samples.at(-1)).streams,
        /** The growth in the second half, without engines of new streams. */
        mbPer10000: 10_000 * slope(late.map(it => ({ ...it, mb: it.mb - engineMb * Math.min(it.streams, 256) }))),
      }
    },
  }
}

/** Fits megabytes per request by least squares. */
function slope(samples: readonly { readonly requests: number; readonly mb: number }[]): number {
  const mean = (of: (it: (typeof samples)[number]) => number) =>
    samples.reduce((sum, it) => sum + of(it), 0) / samples.length
  const [x, y] = [mean(it => it.requests), mean(it => it.mb)]
  const spread = mean(it => (it.requests - x) ** 2)
  return spread === 0 ? 0 : mean(it => (it.requests - x) * (it.mb - y)) / spread
}
