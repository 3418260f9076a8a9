import { computed } from '@preact/signals'
import { session } from '../shell/session.ts'

/** Whether this browser's key may bring rows; where no key is asked for, anyone may. */
export const mayImport = computed(() => !session.value?.keyRequired || session.value.scope !== 'read')
