import type { BudgetRecord } from '@candlewatch/adapters/stores/budgets'
import type { StreamSettingsRecord } from '@candlewatch/adapters/stores/settings'
import type { BudgetRecord as ShownBudget } from '@candlewatch/api/budget'
import type { StreamSettingsRecord as ShownSettings } from '@candlewatch/api/settings'
import { formatInterval } from '@candlewatch/core/interval'

/** A budget as the API shows it. */
export function shownBudget({ alarmsPerWeek, feedShare, at, note }: BudgetRecord): ShownBudget {
  return { alarmsPerWeek, feedShare, since: new Date(at).toISOString(), note }
}

/** Settings of a stream as the API shows them. */
export function shownSettings({ market, intervalMs, settings, at, note }: StreamSettingsRecord): ShownSettings {
  const { alarmsPerWeek, leastSizePercent, marketLane, feedLane, calendar } = settings
  const shown = { alarmsPerWeek, leastSizePercent, marketLane, feedLane, calendar }
  return { market, interval: formatInterval(intervalMs), ...shown, since: new Date(at).toISOString(), note }
}
