import type { ComponentChildren, RefObject } from 'preact'
import './plot.css'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'

/** A box of the full width, and a drawing made for that width. */
export function Sized({ children }: { readonly children: (width: number) => ComponentChildren }) {
  const [box, width] = useWidth<HTMLDivElement>()
  return (
    <div class="sized" ref={box}>
      {width > 0 && children(width)}
    </div>
  )
}

/** The width of an element in pixels, so that a drawing keeps its text at its size; 0 before it is laid out. */
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
