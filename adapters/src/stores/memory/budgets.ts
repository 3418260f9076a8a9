import type { Stream } from '@candlewatch/core/time'
import type { Ms } from '@candlewatch/core/types'
import type { BudgetRecord, BudgetStore, KnownScores, ScoreStore } from '../budgets.ts'

/** Budgets and score histories in memory. */
export function memoryBudgets(): BudgetStore & ScoreStore & { forget(stream: Stream, from?: Ms): void } {
  const budgets: BudgetRecord[] = []
  const known = new Map<string, KnownScores>()
  const isOf = (a: Stream, b: Stream) => a.market === b.market && a.intervalMs === b.intervalMs

  return {
    async addBudget(budget) {
      budgets.unshift(structuredClone(budget))
    },
    async budgets(limit) {
      return structuredClone(budgets.slice(0, limit))
    },
    async saveKnownScores(given) {
      const key = `${given.market} ${given.intervalMs} ${given.model} ${given.ts}`
      if (!known.has(key)) known.set(key, structuredClone(given))
    },
    async knownScores(stream, toMs, limit) {
      const found = [...known.values()].filter(one => isOf(one, stream) && one.ts < toMs)
      return structuredClone(found.sort((a, b) => a.ts - b.ts).slice(-limit))
    },
    forget(stream, from = 0 as Ms) {
      for (const [key, one] of known) if (isOf(one, stream) && one.ts >= from) known.delete(key)
    },
  }
}
