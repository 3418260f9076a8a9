import { pino } from 'pino'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { makeSummedLog } from './summed-log.ts'

const lines: Record<string, unknown>[] = []

beforeEach(() => {
  lines.length = 0
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
})

function summed(level = 'info', maxKinds?: number) {
  const log = pino({ level, base: null, timestamp: false }, { write: line => void lines.push(JSON.parse(line)) })
  return makeSummedLog(log, 60_000, maxKinds)
}

test('the first line of a kind is written at once, and those of a minute as one with their count', () => {
  const log = summed()
  for (let i = 0; i < 100; i++) log.write('info', 'late a:B', { market: 'a:B', i }, 'request')
  log.write('warn', 'busy', { market: 'a:C' }, 'request failed')
  expect(lines).toEqual([
    { level: 30, market: 'a:B', i: 0, msg: 'request' },
    { level: 40, market: 'a:C', msg: 'request failed' },
  ])
  vi.advanceTimersByTime(60_000)
  expect(lines.slice(2)).toEqual([
    { level: 30, market: 'a:B', i: 99, count: 99, seconds: 60, msg: 'request (the last of 99)' },
  ])
})

test('a kind that goes on has one line a minute; one that has ended is written at once again', () => {
  const log = summed()
  const write = () => log.write('info', 'late', {}, 'request')
  for (const _minute of [1, 2, 3]) {
    for (let i = 0; i < 50; i++) write()
    vi.advanceTimersByTime(60_000)
  }
  expect(lines.map(line => line.count)).toEqual([undefined, 49, 50, 50])
  vi.advanceTimersByTime(60_000)
  write()
  expect(lines).toHaveLength(5)
})

test('very many kinds are counted together', () => {
  const log = summed('info', 10)
  for (let i = 0; i < 10_000; i++) log.write('info', `market ${i}`, { i }, 'request')
  expect(lines).toHaveLength(11)
  vi.advanceTimersByTime(60_000)
  expect(lines.slice(11)).toEqual([expect.objectContaining({ i: 9_999, count: 9_989 })])
})

test('at the level debug every line is written', () => {
  const log = summed('debug')
  for (let i = 0; i < 3; i++) log.write('info', 'late', { i }, 'request')
  expect(lines.map(({ level, i }) => [level, i])).toEqual([
    [30, 0],
    [20, 1],
    [20, 2],
  ])
})
