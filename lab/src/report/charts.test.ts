import { describe, expect, it } from 'vitest'
import { shareChart } from './bar-charts.ts'
import { lineChart, niceTicks } from './charts.ts'

describe('charts', () => {
  it('ticks are round and hold every value', () => {
    expect(niceTicks([88, 92])).toEqual([88, 89, 90, 91, 92])
    expect(niceTicks([113, 240])).toEqual([100, 150, 200, 250])
    expect(niceTicks([-2.4, 0.6])).toEqual([-3, -2, -1, 0, 1])
    expect(niceTicks([0.00012, 0.00031])).toEqual([0.0001, 0.00015, 0.0002, 0.00025, 0.0003, 0.00035])
  })

  it('there is a scale for one value, and for zero', () => {
    for (const value of [0, 5, -3]) {
      const ticks = niceTicks([value])
      expect(ticks.length).toBeGreaterThan(1)
      expect(ticks.every(Number.isFinite)).toBe(true)
    }
  })

  it('a gap in a line is not bridged, and each point shows its value', () => {
    const line = { name: 'model', style: 'high', mark: 'circle', values: [1, 2, null, 3] } as const
    const svg = lineChart({ label: 'MAE', steps: ['a', 'b', 'c', 'd'], lines: [line], format: String })
    expect(svg.match(/<path d="([^"]*)"/)?.[1]?.replace(/[\d. ]+/g, '')).toBe('MLM')
    expect(svg).toContain('<title>model, d: 3</title>')
    expect(svg).not.toMatch(/NaN|undefined|Infinity/)
  })

  it('names are escaped', () => {
    const svg = shareChart({
      label: '"<b>"',
      promised: [0.5, 0.5],
      parts: ['x', 'y'],
      rows: [{ name: 'a&b', shares: [0.4, 0.6] }],
    })
    expect(svg).toContain('aria-label="&quot;&lt;b&gt;&quot;"')
    expect(svg).toContain('a&amp;b, y: 60.0 %')
  })
})
