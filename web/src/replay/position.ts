import { computed } from '@preact/signals'
import { part, whole } from '../state/store.ts'

/** Open of the newest bar in sight: where the replay is. */
export const position = part(({ tape }) => tape.candles.at(-1)?.at ?? null)

/** Open of the newest bar that there is, in sight or not. */
export const newest = computed(() => whole.value.tape.candles.at(-1)?.at ?? null)
