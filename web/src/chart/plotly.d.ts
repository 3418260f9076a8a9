/** The basic bundle ships no types; this is the part of it that chart.ts uses. */
declare module 'plotly.js-basic-dist-min' {
  export interface Host extends HTMLElement {
    on(event: 'plotly_relayout', listen: (change: Readonly<Record<string, unknown>>) => void): void
    on(event: 'plotly_doubleclick', listen: () => void): void
    /** Not part of its API, and looked at in this version alone: the axis as it is, and the group of each pane, which a drag moves. */
    readonly _fullLayout: {
      readonly xaxis: { readonly range: readonly [number, number]; readonly _length: number }
      readonly _plots: Readonly<
        Record<'xy' | 'xy2' | 'xy3', { readonly clipId: string; readonly plot: { node(): SVGGElement } }>
      >
    }
  }
  interface Plotly {
    /** Draws into `host`, which then is a Host, or updates what it shows. */
    react(host: HTMLElement, data: readonly object[], layout: object, config?: object): Promise<Host>
    purge(host: HTMLElement): void
  }
  const plotly: Plotly
  export default plotly
}
