import { signal } from '@preact/signals'
import { dispatch } from '../state/store.ts'

export type Tab = 'episodes' | 'rehearsal'

/** What stands beside the chart while no bar is open. */
export const tab = signal<Tab>('episodes')

export function showTab(wanted: Tab): void {
  tab.value = wanted
  dispatch({ kind: 'picked', at: null })
}
