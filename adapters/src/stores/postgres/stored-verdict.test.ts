import type { Verdict } from '@candlewatch/core/types'
import { expect, test } from 'vitest'
import { stepAt } from '../contract/store.suite.ts'
import { type TextVerdict, verdictOf } from './stored-verdict.ts'

const hour = 3_600_000
const { verdict } = stepAt({ market: 'a:B-C', intervalMs: hour as never }, 1)

/** A verdict as it was stored before there were reasons: its fields in their order. */
function textVerdict(change: Partial<TextVerdict>): TextVerdict {
  const { reason: _, fault: _fault, skill: _skill, ...rest } = verdict
  return { ...rest, because: 'It fell.', fault: null, skill: null, ...change }
}

test('a verdict with a reason is read as it is', () => {
  expect(verdictOf(verdict)).toBe(verdict)
})

test('sentences of an earlier version are kept, as reasons with the code stored-text', () => {
  const errors = { by: 'model', bars: 9, modelPercent: 1, naivePercent: 2 } as const
  const read = verdictOf(textVerdict({ skill: { ...errors, because: 'It is better.' } }))
  const expected: Verdict = {
    ...verdict,
    reason: { code: 'stored-text', text: 'It fell.' },
    fault: null,
    skill: { ...errors, reason: { code: 'stored-text', text: 'It is better.' } },
  }
  expect(read).toEqual(expected)
})

test('the evidence of a fault is the sentence of its verdict', () => {
  const read = verdictOf(textVerdict({ because: 'A gap.', fault: { kind: 'gap', evidence: 'A gap.' } }))
  expect(read).toMatchObject({ fault: { kind: 'gap' }, reason: { code: 'stored-text', text: 'A gap.' } })
  expect(read.fault).not.toHaveProperty('evidence')
})
