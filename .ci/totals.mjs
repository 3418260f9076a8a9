// Prints the totals of several runs in one line, from the files that Vitest's JSON reporter wrote. Fails if a test failed,
// or if a run is missing or had no test.
import { existsSync, readFileSync } from 'node:fs'

const files = process.argv.slice(2)
const runs = files.filter(existsSync).map(file => JSON.parse(readFileSync(file, 'utf8')))
const sum = name => runs.reduce((total, run) => total + run[name], 0)

for (const file of files.filter(name => !existsSync(name))) console.error(`${file} is missing: its tests did not run.`)
console.log(`${sum('numPassedTests')} passed, ${sum('numFailedTests')} failed, ${sum('numPendingTests')} skipped`)
const complete = runs.length === files.length && runs.every(run => run.numPassedTests > 0)
if (!complete || sum('numFailedTests') > 0) process.exit(1)
