import { wordOf } from '../api/ask.ts'
import { patchReplay } from '../api/replays.ts'
import { dispatch, state } from '../state/store.ts'

/** Asks the simulator for something; the answer also comes back over the stream. */
export async function steer(change: Parameters<typeof patchReplay>[1]): Promise<void> {
  const { replay } = state.value
  if (!replay) return
  try {
    dispatch({ kind: 'replay', replay: await patchReplay(replay.id, change) })
    dispatch({ kind: 'notice', notice: null })
  } catch (error) {
    dispatch({ kind: 'notice', notice: wordOf(error) })
  }
}
