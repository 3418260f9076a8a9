import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { scriptSizes } from '../bench/src/page/scripts.ts'

describe('the scripts of the built page, gzipped', () => {
  const { first, firstNames, firstRoom, all } = scriptSizes(fileURLToPath(new URL('../web/dist', import.meta.url)))

  it('are at most 50 kB before the first paint, which does not wait for Plotly', () => {
    expect(firstNames.length).toBeGreaterThan(0)
    expect(firstNames.join()).not.toContain('plotly')
    expect(first).toBeLessThanOrEqual(50_000)
  })

  it('are at most 450 kB before another room is opened', () => {
    expect(firstRoom).toBeGreaterThan(first)
    expect(firstRoom).toBeLessThanOrEqual(450_000)
  })

  it('are at most 560 kB in all rooms', () => {
    expect(all).toBeGreaterThan(firstRoom)
    expect(all).toBeLessThanOrEqual(560_000)
  })
})
