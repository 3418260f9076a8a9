/** Of a line; twice what a wide screen can show. */
export const maxPoints = 1_200

/** Plotly's terms, as far as they are used here. */
export interface Trace {
  readonly type: 'scatter'
  readonly name: string
  readonly x: readonly (number | null)[]
  readonly [option: string]: unknown
}
