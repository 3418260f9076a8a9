import { signal } from '@preact/signals'
import { keysOf } from '../format/keys-of.ts'

/** How prices are drawn. */
export type Style = 'auto' | 'candles' | 'line'
/** Lines over the prices. */
export type Overlay = 'forecast' | 'levels' | 'baseline' | 'averages' | 'bollinger'

/** How the reader has set up the chart. */
export interface Looks {
  readonly style: Style
  readonly overlays: Readonly<Record<Overlay, boolean>>
}

/** The name of each overlay and the key that switches it, in the order of the menu. */
export const overlayNames: Readonly<Record<Overlay, { readonly label: string; readonly key: string }>> = {
  forecast: { label: 'Forecast of high and low', key: 'f' },
  levels: { label: 'Alarm levels', key: 'l' },
  baseline: { label: 'Naive forecast', key: 'b' },
  averages: { label: 'Moving averages, 20 and 50', key: 'a' },
  bollinger: { label: 'Bollinger bands, 20 and 2 σ', key: 'v' },
}

/** The name of each style, as the menu lists it. */
export const styleNames: Readonly<Record<Style, string>> = {
  auto: 'Candles, or a line where candles would be too narrow',
  candles: 'Candles; several bars share one where they would be too narrow',
  line: 'A line of closes',
}

/** The set-up of a new reader. */
export const plainLooks: Looks = {
  style: 'auto',
  overlays: { forecast: true, levels: true, baseline: false, averages: false, bollinger: false },
}

const key = 'candlewatch-chart'
const current = signal(stored())

/** The set-up of the chart, stored in the browser. */
export const looks = current

/** Sets the style. */
export function setStyle(style: Style): void {
  keep({ ...current.value, style })
}

/** Switches to the next style. */
export function switchStyle(): void {
  const styles = keysOf(styleNames)
  setStyle(styles[(styles.indexOf(current.value.style) + 1) % styles.length] ?? plainLooks.style)
}

/** Switches an overlay on or off. */
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

/** Reads the stored set-up; what it does not understand is replaced by the default. */
function stored(): Looks {
  try {
    const { style, overlays } = JSON.parse(localStorage.getItem(key) ?? '{}')
    const known = Object.entries(plainLooks.overlays).map(([name, isOn]) => [name, overlays?.[name] ?? isOn])
    return { style: style in styleNames ? style : plainLooks.style, overlays: Object.fromEntries(known) }
  } catch {
    return plainLooks
  }
}
