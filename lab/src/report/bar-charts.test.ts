import { describe, expect, it } from 'vitest'
import { columnChart, shareGrid } from './bar-charts.ts'

describe('columns', () => {
  it('start at zero, show their value, and have its height', () => {
    const svg = columnChart({ label: 'a & b', steps: ['x', 'y'], values: [0, 2], rule: 1, format: String })
    const heights = [...svg.matchAll(/class="column"[^>]* height="([\d.]+)"/g)].map(([, height]) => Number(height))
    expect(heights).toEqual([0, 202])
    expect(svg).toContain('<title>y: 2</title>')
    expect(svg).toContain('aria-label="a &amp; b"')
    expect(svg).not.toMatch(/NaN|undefined|Infinity/)
  })

  it('there is a scale for a month without an alarm and a budget of none', () => {
    expect(columnChart({ label: '', steps: ['x'], values: [0], rule: 0, format: String })).not.toMatch(/NaN|Infinity/)
  })
})

describe('a grid of shares', () => {
  it('there is a cell with its number for each share except the unknown one', () => {
    const rows = [{ name: '<b>', shares: [0, 0.456, null] }]
    const svg = shareGrid({ label: 'found', columns: ['p', 'q', 'r'], rows })
    expect(svg.match(/<rect/g)).toHaveLength(2)
    expect(svg).toContain('<title>&lt;b&gt;, q: 45.6 %</title>')
    expect(svg).toContain('>46</text>')
    expect(svg).not.toMatch(/NaN|undefined|Infinity/)
  })
})
