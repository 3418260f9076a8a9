import { describe, expect, it } from 'vitest'
import { dotChart } from './dot-chart.ts'

const series = [
  { name: 'high', style: 'high' },
  { name: 'low', style: 'low' },
]
const draw = (rows: Parameters<typeof dotChart>[0]['rows']) =>
  dotChart({ label: 'l', series, rows, rule: 1, format: value => value.toFixed(2) })

describe('dot chart', () => {
  it('a dot has its value and its interval in words, and a line only with an interval', () => {
    const text = draw([
      {
        name: 'a<b',
        dots: [
          { value: 0.98, interval95: { lower: 0.96, upper: 1.01 } },
          { value: 1.02, interval95: null },
        ],
      },
    ])
    expect(text).toContain('<title>a&lt;b, high: 0.98, 0.96 to 1.01</title>')
    expect(text).toContain('<title>a&lt;b, low: 1.02</title>')
    expect(text.match(/<g class="line \w+"><path/g)).toEqual(['<g class="line high"><path'])
  })

  it('a larger value lies further right; a dot that is missing leaves its row', () => {
    const text = draw([
      { name: 'a', dots: [{ value: 0.9, interval95: null }, null] },
      { name: 'b', dots: [{ value: 1.1, interval95: null }, null] },
    ])
    const [left, right] = [...text.matchAll(/cx="([\d.]+)"/g)].map(([, cx]) => Number(cx))
    expect(left).toBeLessThan(right!)
    expect(text.match(/<circle/g)).toHaveLength(2)
  })

  it('rows without any dot are drawn without numbers that are none', () => {
    expect(draw([{ name: 'a', dots: [null, null] }])).not.toMatch(/NaN|undefined|Infinity/)
  })
})
