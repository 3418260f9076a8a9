import type { ComponentType } from 'preact'
import { BarPanel } from '../episodes/bar-panel.tsx'
import { EpisodeLog } from '../episodes/episode-log.tsx'
import { openedAt } from '../episodes/opened.ts'
import { keysOf } from '../format/keys-of.ts'
import { lazy } from '../layout/lazy.tsx'
import { type SideTab, showTab, sideTab } from '../state/navigation.ts'
import './side-panel.css'

const tabNames: Readonly<Record<SideTab, string>> = {
  episodes: 'Episodes',
  rehearsal: 'Try another budget',
  settings: 'Settings',
}
// The other two are loaded when they are opened.
const panels: Readonly<Record<SideTab, ComponentType>> = {
  episodes: EpisodeLog,
  rehearsal: lazy(async () => (await import('../rehearsal/rehearsal-panel.tsx')).RehearsalPanel),
  settings: lazy(async () => (await import('../settings/settings-panel.tsx')).SettingsPanel),
}
const tabs = keysOf(tabNames)

/** The panel next to the chart: the open bar, or tabs while none is open. */
export function SidePanel() {
  const Panel = panels[sideTab.value]
  if (openedAt.value !== null) {
    return (
      <div class="card side" id="side">
        <BarPanel at={openedAt.value} />
      </div>
    )
  }
  return (
    <div class="card side" id="side">
      <div class="tabs" role="tablist" aria-label="Side panel">
        {tabs.map(name => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`tab-${name}`}
            aria-selected={sideTab.value === name}
            aria-controls="tab-panel"
            tabIndex={sideTab.value === name ? 0 : -1}
            onClick={() => showTab(name)}
            onKeyDown={turn}
          >
            {tabNames[name]}
          </button>
        ))}
      </div>
      <div class="tab-panel" role="tabpanel" id="tab-panel" aria-labelledby={`tab-${sideTab.value}`}>
        <Panel />
      </div>
    </div>
  )
}

/** Arrow keys go from tab to tab, as in the tabs pattern of WAI-ARIA's authoring practices. */
function turn(event: KeyboardEvent): void {
  const direction = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
  if (direction === undefined) return
  const next = tabs[(tabs.indexOf(sideTab.value) + direction + tabs.length) % tabs.length]
  if (!next) return
  showTab(next)
  document.getElementById(`tab-${next}`)?.focus()
}
