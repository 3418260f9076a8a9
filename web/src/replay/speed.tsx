import { speeds, steer } from './steer.ts'

/** Buttons for the speed of the replay. */
export function Speed({ everyMs }: { readonly everyMs: number }) {
  const known = speeds.some(([ms]) => ms === everyMs)
  return (
    <fieldset class="speed" data-testid="speed" data-every-ms={everyMs} title="Slower (<), faster (>)">
      <legend>Rows per second{known ? '' : `: ${Number((1_000 / everyMs).toPrecision(2))}`}</legend>
      <div class="segments">
        {speeds.map(([ms, name]) => (
          <label key={ms}>
            <input
              type="radio"
              name="speed"
              value={ms}
              checked={ms === everyMs}
              onChange={() => steer({ everyMs: ms })}
            />
            <span>{name}</span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}
