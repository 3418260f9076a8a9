import { expect, it } from 'vitest'
import { fuzz } from './run.ts'

// As `npm run fuzz -- --requests 2000 --seed 7`, which sends far more by default.
it('2,000 requests of every kind cause no server error, and the database contains what was answered', async () => {
  const { faults, byStatus, rows, verdicts } = await fuzz({
    requests: 2_000,
    seed: 7,
    connections: 2,
    say: () => undefined,
  })
  expect(faults).toEqual([])
  expect(rows).toBeGreaterThan(500)
  expect(verdicts).toBeGreaterThanOrEqual(rows)
  expect(Object.keys(byStatus)).toEqual(expect.arrayContaining(['200', '400', '404', '409', '415', '422']))
})

it('the same seed sends the same bytes', async () => {
  const run = () => fuzz({ requests: 300, seed: 3, connections: 1, say: () => undefined })
  const [one, two] = [await run(), await run()]
  expect(one.faults).toEqual([])
  expect(two.fingerprint).toBe(one.fingerprint)
  expect(two.byStatus).toEqual(one.byStatus)
})
