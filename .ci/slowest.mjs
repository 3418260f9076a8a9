// Prints how long the tests took and which files took longest, from the results that Vitest's JSON reporter wrote:
//   node .ci/slowest.mjs [.candlewatch/test-results.json]
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'

const listed = 10
const file = process.argv[2] ?? '.candlewatch/test-results.json'
const { startTime, testResults, numPassedTests, numFailedTests, numPendingTests } = JSON.parse(
  readFileSync(file, 'utf8'),
)

const seconds = ms => `${(ms / 1_000).toFixed(1)} s`
const files = testResults
  .map(({ name, startTime, endTime, assertionResults }) => ({
    name: relative(process.cwd(), name),
    ms: endTime - startTime,
    tests: assertionResults.length,
  }))
  .sort((a, b) => b.ms - a.ms)
const wallMs = Math.max(...testResults.map(({ endTime }) => endTime)) - startTime
const sumMs = files.reduce((sum, { ms }) => sum + ms, 0)

console.log(
  `${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped in ${seconds(wallMs)}: ` +
    `${files.length} files that took ${seconds(sumMs)} together. The slowest:`,
)
for (const { name, ms, tests } of files.slice(0, listed)) {
  console.log(`${seconds(ms).padStart(9)}  ${name} (${tests} ${tests === 1 ? 'test' : 'tests'})`)
}
// A run without a test proves nothing.
if (numPassedTests === 0) process.exitCode = 1
