import type { ComponentChildren, RefObject } from 'preact'
import './plot.css'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'

/** A box as wide as it may be, and what is drawn for that width. */
export function Sized({ children }: { readonly children: (width: number) => ComponentChildren }) {
  const [box, width] = useWidth<HTMLDivElement>()
  return (
    <div class="sized" ref={box}>
      {width > 0 && children(width)}
    </div>
  )
}

/** How wide an element is, in pixels: a drawing made for that width keeps its letters at their size. 0 before it is there. */
export function useWidth<T extends HTMLElement>(): readonly [RefObject<T | null>, number] {
  const element = useRef<T>(null)
  const [width, setWidth] = useState(0)
  useLayoutEffect(() => {
    const measured = element.current as T
    const measure = () => setWidth(Math.floor(measured.clientWidth))
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(measured)
    return () => observer.disconnect()
  }, [])
  return [element, width]
}
