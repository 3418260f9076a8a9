import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { mayImport } from './allowed.ts'
import { bring } from './flow.ts'

/** Whether files are held over the page. */
export const isOver = signal(false)

/** Files may be dropped anywhere in the room: beside the zone a browser would leave the page to show them. */
export function useDrops(): void {
  useEffect(() => {
    // Every element that is entered and left tells of it.
    let depth = 0
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false
    const enter = (event: DragEvent) => {
      if (hasFiles(event)) isOver.value = ++depth > 0
    }
    const leave = (event: DragEvent) => {
      if (hasFiles(event)) isOver.value = --depth > 0
    }
    const over = (event: DragEvent) => {
      if (hasFiles(event)) event.preventDefault()
    }
    const drop = (event: DragEvent) => {
      depth = 0
      isOver.value = false
      const files = [...(event.dataTransfer?.files ?? [])]
      if (files.length === 0) return
      event.preventDefault()
      if (mayImport.value) bring(files)
    }
    const stop = new AbortController()
    const { signal } = stop
    addEventListener('dragenter', enter, { signal })
    addEventListener('dragleave', leave, { signal })
    addEventListener('dragover', over, { signal })
    addEventListener('drop', drop, { signal })
    return () => stop.abort()
  }, [])
}
