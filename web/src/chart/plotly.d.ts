/** The finance bundle ships no types; this is the part of it that chart.ts uses. */
declare module 'plotly.js-finance-dist-min' {
  interface Host extends HTMLElement {
    on(event: 'plotly_relayout', listen: (change: Readonly<Record<string, unknown>>) => void): void
    on(event: 'plotly_doubleclick', listen: () => void): void
  }
  interface Plotly {
    /** Draws into `host`, which then is a Host, or updates what it shows. */
    react(host: HTMLElement, data: readonly object[], layout: object, config?: object): Promise<Host>
    purge(host: HTMLElement): void
  }
  const plotly: Plotly
  export default plotly
}
