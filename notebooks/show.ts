import { titleOf } from './chart.ts'

/** One output in the forms that a notebook may ask for, by MIME type. */
export type Output = Readonly<Record<string, string>>

// The part of Deno's kernel that is used here.
declare const Deno: { jupyter: { display(output: Output, options: { raw: true }): Promise<void> } }

// The kernel's publishing socket drops what finds its buffer full: each output gets this long to leave, on both sides.
const pauseMs = 60

/**
 * Puts a chart, a table or a line of text under the cell. Await it: Deno's kernel sends a cell's last value, and what was
 * logged, without waiting, and under load they come after the cell has ended and are lost.
 */
export async function show(output: string | Output): Promise<void> {
  await pause()
  await Deno.jupyter.display(typeof output === 'string' ? outputOf(output) : output, { raw: true })
  await pause()
}

const pause = () => new Promise<void>(resolve => setTimeout(resolve, pauseMs))

export function outputOf(text: string): Output {
  return text.startsWith('<svg') ? { 'image/svg+xml': text, 'text/plain': titleOf(text) } : { 'text/plain': text }
}
