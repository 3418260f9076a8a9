import { binary } from './binary.ts'

/** A byte offset into a WebAssembly memory. */
export type Pointer = number

/** The exports of `assembly/`, where each argument is explained. All are byte offsets, counts, or 0 and 1. */
export interface Kernel {
  forward(
    x: Pointer,
    packed: Pointer,
    batch: number,
    steps: number,
    features: number,
    units: number,
    hard: number,
    initial: number,
    gates: Pointer,
    hidden: Pointer,
    cell: Pointer,
    out: Pointer,
    sequences: number,
    scratch: Pointer,
  ): void
  forwardScratch(units: number): number
  backward(
    x: Pointer,
    batch: number,
    steps: number,
    features: number,
    units: number,
    hard: number,
    gates: Pointer,
    hidden: Pointer,
    cell: Pointer,
    outGradient: Pointer,
    sequences: number,
    transposed: Pointer,
    inputTransposed: Pointer,
    scratch: Pointer,
    weightGradient: Pointer,
    inputGradient: Pointer,
    hiddenGradient: Pointer,
    cellGradient: Pointer,
  ): void
  backwardScratch(batch: number, features: number, units: number): number
  pack(kernel: Pointer, recurrent: Pointer, bias: Pointer, features: number, units: number, packed: Pointer): void
  unpack(packed: Pointer, features: number, units: number, kernel: Pointer, recurrent: Pointer, bias: Pointer): void
  packTransposed(matrix: Pointer, rows: number, units: number, packed: Pointer): void
  clear(from: Pointer, count: number): void
  copyRows(
    from: Pointer,
    fromStride: number,
    first: number,
    end: number,
    to: Pointer,
    toStride: number,
    width: number,
  ): void
}

let compiled: WebAssembly.Module | null = null

/** The kernel at work in a memory, which it neither grows nor keeps anything in. Throws a LinkError for a shared memory. */
export function instantiate(memory: WebAssembly.Memory): Kernel {
  compiled ??= new WebAssembly.Module(bytesOf(binary))
  return new WebAssembly.Instance(compiled, { env: { memory } }).exports as unknown as Kernel
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), character => character.charCodeAt(0))
}

const unitsInPanel = 4
const numbersInRow = 16

/** How many numbers each part takes, as `assembly/layout.ts` lays it out. */
export const sizes = {
  packed: (features: number, units: number) => panels(units) * (features + units + 1) * numbersInRow,
  transposed: (rows: number, units: number) =>
    Math.ceil(rows / numbersInRow) * numbersInRow * panels(units) * numbersInRow,
  state: (batch: number, units: number) => batch * paddedUnits(units),
  gates: (batch: number, steps: number, units: number) => steps * batch * panels(units) * numbersInRow,
}

export const paddedUnits = (units: number) => panels(units) * unitsInPanel

const panels = (units: number) => Math.ceil(units / unitsInPanel)
