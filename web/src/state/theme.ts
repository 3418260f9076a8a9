import { signal } from '@preact/signals'

/** The colour schemes of the page. */
export type Theme = 'light' | 'dark'

/** The same key as in public/theme.js, which runs before the first paint. */
const key = 'candlewatch-theme'
const system = matchMedia('(prefers-color-scheme: dark)')
const chosen = signal(document.documentElement.dataset.theme as Theme | undefined)
const current = signal<Theme>(chosen.value ?? (system.matches ? 'dark' : 'light'))

/** The colours that the page shows now. */
export const theme = current

system.addEventListener('change', () => {
  if (!chosen.value) current.value = system.matches ? 'dark' : 'light'
})

/** Switches between light and dark, and stores the choice. */
export function switchTheme(): void {
  const next: Theme = current.value === 'dark' ? 'light' : 'dark'
  document.documentElement.dataset.theme = next
  chosen.value = next
  current.value = next
  try {
    localStorage.setItem(key, next)
  } catch {
    // Storage is switched off: the choice lasts as long as the page.
  }
}
