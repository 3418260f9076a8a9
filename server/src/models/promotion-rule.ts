import type { Trial } from '@candlewatch/adapters/stores/models'
import { weekMs } from '@candlewatch/core/time'
import type { Ms } from '@candlewatch/core/types'

/** The settings of the promotion rule. */
export interface PromotionRuleOptions {
  /** With `never`, trials are run and shown, and a person decides. */
  readonly when: 'never' | 'better'
  /** How much lower the challenger's error must be, in percent of the champion's. */
  readonly marginPercent: number
  alarmsPerWeek(): number
}

/** Decides from a trial whether the challenger is promoted. */
export type PromotionRule = (
  outcome: Pick<Trial, 'bars' | 'alarms' | 'challengerError' | 'championError'> & { readonly spanMs: Ms },
) => Pick<Trial, 'passed' | 'because'>

// On fewer bars the difference between two models is chance.
const minBars = 100
// Chance alone rarely doubles what the budget allows over a month.
const maxBudgets = 2

/** Makes the rule that decides from a trial whether to promote the challenger, with the reason in one sentence. */
export function promotionRule({ when, marginPercent, alarmsPerWeek }: PromotionRuleOptions): PromotionRule {
  return ({ bars, alarms, challengerError, championError, spanMs }) => {
    const lowerPercent = 100 * (1 - challengerError / championError)
    const maxAlarms = (maxBudgets * alarmsPerWeek() * spanMs) / weekMs
    const raised = alarms.challenger.length
    const found = `error ${challengerError.toFixed(2)} against ${championError.toFixed(2)}, ${raised} alarms against ${alarms.champion.length}`
    const refusal =
      bars < minBars
        ? `Only ${bars} bars that it was not trained on; ${minBars} are needed`
        : !(lowerPercent >= marginPercent)
          ? `Its error is not ${marginPercent} % lower`
          : raised > maxAlarms
            ? `It raised more alarms than twice the budget, ${maxAlarms.toFixed(1)}`
            : when === 'never'
              ? 'PROMOTE_RULE is never'
              : null
    if (refusal !== null) return { passed: false, because: `${refusal} (${found}).` }
    return { passed: true, because: `Its error is ${lowerPercent.toFixed(1)} % lower (${found}).` }
  }
}
