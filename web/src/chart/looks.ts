import { signal } from '@preact/signals'

export type Style = 'auto' | 'candles' | 'line'
export type Overlay = 'forecast' | 'baseline' | 'averages' | 'bollinger'

/** How the reader wants the chart drawn. */
export interface Looks {
  readonly style: Style
  readonly overlays: Readonly<Record<Overlay, boolean>>
}

/** In the menu's order. The key switches it. */
export const overlayNames: Readonly<Record<Overlay, { readonly label: string; readonly key: string }>> = {
  forecast: { label: 'Forecast of high and low', key: 'f' },
  baseline: { label: 'Naive forecast', key: 'b' },
  averages: { label: 'Moving averages, 20 and 50', key: 'a' },
  bollinger: { label: 'Bollinger bands, 20 and 2 σ', key: 'v' },
}

export const styleNames: Readonly<Record<Style, string>> = {
  auto: 'Candles, or a line where they would be too narrow',
  candles: 'Candles, several bars to one where they would be too narrow',
  line: 'A line of closes',
}

export const plainLooks: Looks = {
  style: 'auto',
  overlays: { forecast: true, baseline: false, averages: false, bollinger: false },
}

const key = 'candlewatch-chart'
const current = signal(stored())

export const looks = current

export function setStyle(style: Style): void {
  keep({ ...current.value, style })
}

export function switchStyle(): void {
  const styles = Object.keys(styleNames) as Style[]
  setStyle(styles[(styles.indexOf(current.value.style) + 1) % styles.length]!)
}

export function switchOverlay(overlay: Overlay): void {
  const { overlays } = current.value
  keep({ ...current.value, overlays: { ...overlays, [overlay]: !overlays[overlay] } })
}

function keep(chosen: Looks): void {
  current.value = chosen
  try {
    localStorage.setItem(key, JSON.stringify(chosen))
  } catch {
    // Storage is switched off: the choice lasts as long as the page.
  }
}

/** What an older page has stored, or a hand has changed, counts as far as it is understood. */
function stored(): Looks {
  try {
    const { style, overlays } = JSON.parse(localStorage.getItem(key) ?? '{}')
    const known = Object.entries(plainLooks.overlays).map(([name, isOn]) => [name, overlays?.[name] ?? isOn])
    return { style: style in styleNames ? style : plainLooks.style, overlays: Object.fromEntries(known) }
  } catch {
    return plainLooks
  }
}
