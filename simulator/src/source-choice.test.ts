import { expect, test } from 'vitest'
import { barsFrom, seriesOf } from './rows.suite.ts'
import { chooseSource, type Sources } from './source-choice.ts'

const nothing = { csv: null, seed: null, market: null }

function sources(has: { cached?: boolean; network?: boolean }) {
  const asked: string[] = []
  const from = (name: string) => {
    asked.push(name)
    return seriesOf(barsFrom(0, 3), name)
  }
  const all: Sources = {
    csv: async file => from(`csv ${file}`),
    cached: async () => (has.cached ? from('cached') : null),
    download: async () => (has.network ? from('downloaded') : Promise.reject(new Error('no network'))),
    synthetic: seed => from(`synthetic ${seed}`),
  }
  return { all, asked }
}

async function chosen(options: Partial<typeof nothing | object>, has: { cached?: boolean; network?: boolean } = {}) {
  const said: string[] = []
  const { all, asked } = sources(has)
  const { kind, series } = await chooseSource({ ...nothing, ...options }, all, line => said.push(line))
  return { kind, series, asked, said: said.join('\n') }
}

test('--csv comes first', async () => {
  const { kind, asked } = await chosen({ csv: 'a.csv' }, { cached: true })
  expect([kind, asked]).toEqual(['csv', ['csv a.csv']])
})

test('then the cached download, without using the network', async () => {
  const { kind, asked, said } = await chosen({}, { cached: true, network: true })
  expect([kind, asked, said]).toEqual(['download', ['cached'], ''])
})

test('then a fresh download', async () => {
  const { kind, asked } = await chosen({}, { network: true })
  expect([kind, asked]).toEqual(['download', ['downloaded']])
})

test('then the synthetic year, and it says so plainly', async () => {
  const { kind, asked, said } = await chosen({})
  expect([kind, asked]).toEqual(['synthetic', ['synthetic 1']])
  expect(said).toMatch(/could not be downloaded/)
  expect(said).toMatch(/SYNTHETIC/)
})

test('--seed selects the synthetic year, whatever other sources exist', async () => {
  expect((await chosen({ seed: 9 }, { cached: true })).asked).toEqual(['synthetic 9'])
})

test('--market renames the series and its bars', async () => {
  const { series } = await chosen({ market: 'a:b' }, { cached: true })
  expect([series.market, ...series.bars.map(bar => bar.market)]).toEqual(['a:b', 'a:b', 'a:b', 'a:b'])
})
