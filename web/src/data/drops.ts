import { signal } from '@preact/signals'
import { go } from '../state/navigation.ts'
import { mayImport } from '../sync/session.ts'

/** True while files are held over the page. */
export const isOver = signal(false)

/** Takes files that are dropped anywhere on the page and opens the data room; the browser would leave the page to show them. */
export function runDrops(): void {
  // Every element that is entered and left sends an event.
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
    if (!mayImport.value) return
    import('./import-flow.ts').then(
      ({ addFiles }) => addFiles(files),
      // The room reports when it could not be loaded.
      () => undefined,
    )
  })
}
