import { steer } from './steer.ts'

export function Speed({ everyMs }: { readonly everyMs: number }) {
  const known = speeds.some(([ms]) => ms === everyMs)
  return (
    <fieldset class="speed" data-testid="speed" data-every-ms={everyMs} title="Slower (<), faster (>)">
      <legend>Rows a second{known ? '' : `: ${Number((1_000 / everyMs).toPrecision(2))}`}</legend>
      <div class="segments">
        {speeds.map(([ms, word]) => (
          <label key={ms}>
            <input
              type="radio"
              name="speed"
              value={ms}
              checked={ms === everyMs}
              onChange={() => steer({ everyMs: ms })}
            />
            <span>{word}</span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}

/** Time between two rows, and how many a second that is. */
export const speeds = [
  [1_000, '1'],
  [500, '2'],
  [200, '5'],
  [100, '10'],
  [20, '50'],
  [0, 'max'],
] as const

/** The next faster (1) or slower (−1) of them, wherever the replay is now; the same time where there is none. */
export function adjacentSpeed(everyMs: number, direction: 1 | -1): number {
  const times = speeds.map(([ms]) => ms)
  const beyond = direction === 1 ? times.find(ms => ms < everyMs) : times.findLast(ms => ms > everyMs)
  return beyond ?? everyMs
}
