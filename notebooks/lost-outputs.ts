import { readFileSync } from 'node:fs'
import process from 'node:process'

// Names the cells of a notebook that lack an output which they showed, and exits 1 if there are any. The kernel's
// publishing socket drops a message that finds its buffer full, silently: a run without errors may still have holes.
interface Cell {
  readonly id: string
  readonly source: readonly string[]
  readonly outputs?: readonly unknown[]
}

const file = process.argv[2] as string
const { cells } = JSON.parse(readFileSync(file, 'utf8')) as { cells: readonly Cell[] }
const lost = cells.filter(({ source, outputs }) => {
  const shown = source.join('').match(/^await show\(/gm)?.length ?? 0
  return outputs !== undefined && outputs.length < shown
})
if (lost.length > 0) {
  console.error(`${file}: outputs lost in ${lost.map(({ id }) => id).join(', ')}`)
  process.exit(1)
}
