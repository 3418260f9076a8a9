// Prints the totals of several runs in one line, from the files that Vitest's JSON reporter wrote. Fails if a test failed
// or if there was none.
import { readFileSync } from 'node:fs'

const runs = process.argv.slice(2).map(file => JSON.parse(readFileSync(file, 'utf8')))
const sum = name => runs.reduce((total, run) => total + run[name], 0)

console.log(`${sum('numPassedTests')} passed, ${sum('numFailedTests')} failed, ${sum('numPendingTests')} skipped`)
if (runs.some(run => run.numPassedTests === 0 || run.numFailedTests > 0)) process.exit(1)
