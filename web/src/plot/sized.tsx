import type { ComponentChildren } from 'preact'
import { useWidth } from './use-width.ts'
import './sized.css'

/** A box as wide as it may be, and what is drawn for that width. */
export function Sized({ children }: { readonly children: (width: number) => ComponentChildren }) {
  const [box, width] = useWidth<HTMLDivElement>()
  return (
    <div class="sized" ref={box}>
      {width > 0 && children(width)}
    </div>
  )
}
