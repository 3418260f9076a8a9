/** The basic bundle has no types; this is the part of it that the chart uses. */
declare module 'plotly.js-basic-dist-min' {
  /** Plotly's internals: the axis as it is, and the group of each pane. They are no part of its API and may be missing. */
  export interface Internals {
    readonly xaxis?: { readonly range?: readonly number[]; readonly _length?: number }
    readonly _plots: Readonly<
      Partial<Record<'xy' | 'xy2' | 'xy3', { readonly clipId?: string; readonly plot?: { node?(): SVGGElement } }>>
    >
  }
  export interface Host extends HTMLElement {
    on(event: 'plotly_relayout', listen: (change: Readonly<Record<string, unknown>>) => void): void
    on(event: 'plotly_doubleclick', listen: () => void): void
    readonly _fullLayout?: Partial<Internals>
  }
  interface Plotly {
    /** Draws into `host`, which then is a Host, or updates what it shows. */
    react(host: HTMLElement, data: readonly object[], layout: object, config?: object): Promise<Host>
    purge(host: HTMLElement): void
  }
  const plotly: Plotly
  export default plotly
}
