import { makeRng } from '@candlewatch/core/stats/rng'
import { Command } from 'commander'
import { faultsOf } from './attack/checks.ts'
import { type Ground, Grounds } from './attack/ground.ts'
import { manyLargeBodies, readersThatNeverRead } from './attack/scenarios-callers.ts'
import {
  fullDisk,
  halfOpenDatabase,
  killedAtAnyMoment,
  lockHeldElsewhere,
  lostAcknowledgements,
} from './attack/scenarios-database.ts'
import {
  changesWhileRowsArrive,
  lateAndFutureRows,
  replaysBesideAFeed,
  retentionUnderWay,
} from './attack/scenarios-history.ts'
import { ownersComeAndGo, twoServersInTurn } from './attack/scenarios-servers.ts'
import { atLeast } from './figures.ts'

/** Each returns what it did. After it, tables, listeners and parity are checked. */
const scenarios: Readonly<Record<string, (ground: Ground) => Promise<string>>> = {
  'two-servers': twoServersInTurn,
  owners: ownersComeAndGo,
  'half-open': halfOpenDatabase,
  acknowledgements: lostAcknowledgements,
  lock: lockHeldElsewhere,
  kill: killedAtAnyMoment,
  disk: fullDisk,
  readers: readersThatNeverRead,
  bodies: manyLargeBodies,
  late: lateAndFutureRows,
  replays: replaysBesideAFeed,
  retention: retentionUnderWay,
  changes: changesWhileRowsArrive,
}

const longestMs = 240_000

const { minutes, seed, only } = new Command()
  .name('npm run attack --')
  .description(
    'Attacks servers and their database in every way that is known to lose, double or change rows, and checks after each\n' +
      'attack that no bar is without its one verdict, that every listener has every verdict once and in order, and parity.',
  )
  .option(
    '--minutes <count>',
    'repeat all attacks for this long, with other seeds, until one finds a fault; 0 = once',
    atLeast(0),
    0,
  )
  .option('--seed <number>', 'seed of the rows and moments', atLeast(0), 1)
  .option('--only <names...>', `some of: ${Object.keys(scenarios).join(', ')}`)
  .parse()
  .opts<{ minutes: number; seed: number; only?: string[] }>()

const grounds = new Grounds()
const endsAt = performance.now() + minutes * 60_000
let failed = 0
try {
  let round = 0
  do {
    for (const [name, scenario] of Object.entries(scenarios)) {
      if (only && !only.includes(name)) continue
      if (!(await passed(name, scenario, seed + round))) failed += 1
    }
    round += 1
    // What follows on a fault says little.
  } while (failed === 0 && performance.now() < endsAt)
} finally {
  await grounds.remove()
}
console.log(failed === 0 ? 'All attacks held.' : `${failed} attacks found a fault.`)
process.exitCode = failed === 0 ? 0 : 1

async function passed(name: string, scenario: (ground: Ground) => Promise<string>, seed: number): Promise<boolean> {
  const from = performance.now()
  const report = (text: string) =>
    console.log(`${name.padEnd(17)} ${((performance.now() - from) / 1_000).toFixed(1).padStart(6)} s  ${text}`)
  try {
    const done = await grounds.run(makeRng(seed), ground => within(longestMs, attack(ground, scenario)))
    report(done)
    return true
  } catch (error) {
    report(`FAULT (seed ${seed}): ${error instanceof Error ? error.message : error}`)
    return false
  }
}

async function attack(ground: Ground, scenario: (ground: Ground) => Promise<string>): Promise<string> {
  const done = await scenario(ground)
  const faults = await faultsOf(ground)
  if (faults.length > 0) throw new Error(faults.join('; '))
  return done
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`It did not end within ${ms / 1_000} s.`)), ms)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}
