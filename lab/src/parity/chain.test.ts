import { createHash } from 'node:crypto'
import type { Verdict } from '@candlewatch/core/types'
import { expect, test } from 'vitest'
import { Chain, compared } from './chain.ts'

const sha = (text: string) => createHash('sha256').update(text).digest('hex')

test('a chain hashes each text together with the hash before it', () => {
  const chain = new Chain()
  expect(chain.hash).toBe('')
  chain.add('a')
  expect(chain.hash).toBe(sha('a'))
  chain.add('b')
  expect(chain.hash).toBe(sha(`${sha('a')}b`))
})

const judged = {
  status: 'feed-fault',
  reason: { code: 'gap', missing: 1, intervalMs: 1 },
  pValue: 0.1,
  fault: { kind: 'gap' },
  skill: { by: 'model', bars: 3, reason: { code: 'few-errors', bars: 3 } },
} as unknown as Verdict

test('a verdict with reasons is compared as it is stored', () => {
  const body = JSON.stringify(judged)
  const { text, textOf } = compared(body)
  expect(text).toBe(body)
  expect(textOf(judged)).toBe(body)
})

test('a verdict that was stored with sentences is compared without them and without reasons', () => {
  const body =
    '{"status":"feed-fault","because":"A gap.","pValue":0.1,"fault":{"kind":"gap","evidence":"A gap."},' +
    '"skill":{"by":"model","bars":3,"because":"Too few."}}'
  const { text, textOf } = compared(body)
  expect(text).toBe('{"status":"feed-fault","pValue":0.1,"fault":{"kind":"gap"},"skill":{"by":"model","bars":3}}')
  expect(textOf(judged)).toBe(text)
})
