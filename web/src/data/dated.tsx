import { formatMinute } from '../format/when.ts'
import { zoneWord } from '../format/zone.ts'

/** A moment on the chosen clock. */
export function Dated({ at, zone }: { readonly at: string; readonly zone?: boolean }) {
  return (
    <time dateTime={at}>
      {formatMinute(Date.parse(at))}
      {zone && ` ${zoneWord()}`}
    </time>
  )
}
