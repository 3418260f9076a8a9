import { Command } from 'commander'
import { atLeast } from './figures.ts'
import { fuzz } from './fuzz/run.ts'

const options = new Command()
  .name('npm run fuzz --')
  .description(
    'Sends valid and invalid requests of every kind to a server of its own, and checks each answer and what is stored.',
  )
  .option('--requests <count>', 'number of requests', atLeast(1), 100_000)
  .option('--seed <number>', 'the same seed makes the same requests', atLeast(0), Date.now() % 1_000_000)
  .option(
    '--connections <count>',
    'number of connections; with 1, the same bytes are sent in the same order each time',
    atLeast(1),
    4,
  )
  .parse()
  .opts<{ requests: number; seed: number; connections: number }>()

console.log(`seed ${options.seed}`)
const report = await fuzz({ ...options, say: console.log })
const { sent, rows, verdicts, seconds, fingerprint, byStatus, memory, faults } = report
console.log(
  `${sent} requests in ${seconds.toFixed(0)} s, ${Math.round(sent / seconds)} a second, over ${options.connections} connections.`,
)
for (const [status, count] of Object.entries(byStatus).sort()) console.log(`  ${status.padEnd(8)} ${count}`)
console.log(`SHA-256 of all requests: ${fingerprint}`)
console.log(`${rows} rows stored; ${verdicts} verdicts judged again, including withdrawn ones.`)
console.log(
  `The server held ${memory.firstMb.toFixed(0)} MB at first, at most ${memory.mostMb.toFixed(0)}, ${memory.lastMb.toFixed(0)} at the end; ` +
    `in the second half ${memory.mbPer10000.toFixed(1)} MB more per 10,000 requests, in addition to the engines of ${memory.streams} streams.`,
)
for (const fault of faults) console.error(fault)
console.log(faults.length === 0 ? 'No faults found.' : `Faults found (seed ${options.seed}).`)
process.exitCode = faults.length === 0 ? 0 : 1
