import { signal } from '@preact/signals'
import { go } from '../state/navigation.ts'
import { mayImport } from '../sync/session.ts'

/** Whether files are held over the page. */
export const isOver = signal(false)

/** Files may be dropped anywhere, and lead to the room that takes them in: a browser would leave the page to show them. */
export function runDrops(): void {
  // Every element that is entered and left tells of it.
  let depth = 0
  const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false
  addEventListener('dragenter', event => {
    if (hasFiles(event)) isOver.value = ++depth > 0
  })
  addEventListener('dragleave', event => {
    if (hasFiles(event)) isOver.value = --depth > 0
  })
  addEventListener('dragover', event => {
    if (hasFiles(event)) event.preventDefault()
  })
  addEventListener('drop', event => {
    depth = 0
    isOver.value = false
    const files = [...(event.dataTransfer?.files ?? [])]
    if (files.length === 0) return
    event.preventDefault()
    go('data')
    // The room says itself when it could not be loaded.
    if (mayImport.value)
      import('./import-flow.ts').then(
        ({ bring }) => bring(files),
        () => undefined,
      )
  })
}
