import type { MarkKind } from './marks.ts'
import './mark.css'

const shapes: Readonly<Record<MarkKind, string>> = {
  low: 'M8 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8z',
  medium: 'M4 4h8v8H4z',
  high: 'M8 2l6 6-6 6-6-6z',
  critical: 'M8 .8l2.1 4.9 5.3.4-4 3.5 1.2 5.2L8 12l-4.600 2.800 1.200-5.200-4-3.500 5.300-.4z',
  fault: 'M5 2L8 5l3-3 3 3-3 3 3 3-3 3-3-3-3 3-3-3 3-3-3-3z',
}

/** A severity or a feed fault, in the shape that it has in the chart. */
export function Mark({ kind }: { readonly kind: MarkKind }) {
  return (
    <svg class={`mark is-${kind}`} viewBox="0 0 16 16" aria-hidden="true">
      <path d={shapes[kind]} fill="currentColor" />
    </svg>
  )
}
