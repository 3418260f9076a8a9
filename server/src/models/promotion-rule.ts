import type { Trial } from '@candlewatch/adapters/stores/models'
import { weekMs } from '@candlewatch/core/time'
import type { Ms } from '@candlewatch/core/types'

export interface PromotionRuleOptions {
  /** `never`: trials are run and shown, and a person decides. */
  readonly when: 'never' | 'better'
  /** How much lower the challenger's error must be, in percent of the champion's. */
  readonly marginPercent: number
  alarmsPerWeek(): number
}

export type PromotionRule = (
  outcome: Pick<Trial, 'bars' | 'alarms' | 'challengerError' | 'championError'> & { readonly spanMs: Ms },
) => Pick<Trial, 'passed' | 'because'>

// On fewer bars the difference between two models is luck.
const minBars = 100
// Chance alone rarely doubles what the budget allows over a month.
const maxBudgets = 2

/** Makes the rule that decides from a trial if the challenger is promoted, and says why in one sentence. */
export function promotionRule({ when, marginPercent, alarmsPerWeek }: PromotionRuleOptions): PromotionRule {
  return ({ bars, alarms, challengerError, championError, spanMs }) => {
    const lowerPercent = 100 * (1 - challengerError / championError)
    const mostAlarms = (maxBudgets * alarmsPerWeek() * spanMs) / weekMs
    const raised = alarms.challenger.length
    const found = `error ${challengerError.toFixed(2)} against ${championError.toFixed(2)}, ${raised} alarms against ${alarms.champion.length}`
    const refusal =
      bars < minBars
        ? `It has only ${bars} bars that it was not trained on, and needs ${minBars}`
        : !(lowerPercent >= marginPercent)
          ? `Its error is not ${marginPercent} % lower`
          : raised > mostAlarms
            ? `It raised more alarms than twice the budget, ${mostAlarms.toFixed(1)}`
            : when === 'never'
              ? 'PROMOTE_RULE is never'
              : null
    if (refusal !== null) return { passed: false, because: `${refusal} (${found}).` }
    return { passed: true, because: `Its error is ${lowerPercent.toFixed(1)} % lower (${found}).` }
  }
}
