import { formatCount } from '../format/count.ts'
import { Time } from '../layout/room.tsx'
import { imports } from './import-flow.ts'

const stateNames = { running: '◷ Running', done: '● Done', failed: '▲ Failed', stopped: '■ Stopped' } as const

/** The last imports, of every user. */
export function PastImports() {
  if (imports.value.length === 0) return null
  return (
    <div class="scroller past-imports">
      <h4>Since the server started</h4>
      <table class="plain-table" data-testid="past-imports">
        <thead>
          <tr>
            <th scope="col">File</th>
            <th scope="col">Market</th>
            <th class="is-number" scope="col">
              Rows
            </th>
            <th class="at-began" scope="col">
              Started
            </th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          {imports.value.map(({ id, name, market, interval, rows, startedAt, state, error }) => (
            <tr key={id} title={error?.detail}>
              <td class="is-name">{name}</td>
              <td>
                {market} · {interval}
              </td>
              <td class="is-number">{formatCount(rows)}</td>
              <td class="at-began">
                <Time at={startedAt} />
              </td>
              <td>{stateNames[state]}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
