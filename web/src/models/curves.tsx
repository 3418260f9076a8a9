import { nth } from '@candlewatch/core/nth'
import { useId } from 'preact/hooks'
import { counted } from '../format/count.ts'
import { keysOf } from '../format/keys-of.ts'
import { type Curve, curveOf, type Line } from './curve.ts'
import './curves.css'

interface Props {
  readonly lines: readonly Line[]
  /** How many epochs each network has. */
  readonly epochs: number
}

const kinds = {
  training: { title: 'Training loss', unit: 'pinball loss, % of the price' },
  validation: { title: 'Validation loss', unit: 'mean absolute error of the medians, % of the price' },
} as const
type Kind = keyof typeof kinds

/** Training and validation loss epoch by epoch, one line for each network. */
export function Curves({ lines, epochs }: Props) {
  return (
    <div class="curves">
      {keysOf(kinds).map(kind => (
        <Figure key={kind} kind={kind} curve={curveOf(lines, kind, epochs)} />
      ))}
      <Legend lines={lines} />
    </div>
  )
}

function Figure({ kind, curve }: { readonly kind: Kind; readonly curve: Curve | null }) {
  const { title, unit } = kinds[kind]
  return (
    <figure class="curve" data-testid={`curve-${kind}`} data-epochs={curve?.paths[0]?.points.length ?? 0}>
      <figcaption>
        <strong>{title}</strong> <span class="quiet">{unit}</span>
      </figcaption>
      {curve === null ? (
        <p class="quiet curve-none">
          {kind === 'validation' ? 'Available after the first epoch of a network.' : 'Available after the first epoch.'}
        </p>
      ) : (
        <Drawing curve={curve} title={title} />
      )}
    </figure>
  )
}

function Drawing({ curve, title }: { readonly curve: Curve; readonly title: string }) {
  const clip = useId()
  const { width, height, frame, epochs, losses, paths, above } = curve
  const net = paths.filter(({ isQuiet }) => !isQuiet)
  return (
    <svg viewBox={`0 0 ${width} ${height}`} role="img">
      <title>{`${title}: ${(net.length > 0 ? net : paths).map(sentence).join('; ')}`}</title>
      <clipPath id={clip}>
        <rect
          x={frame.left - 5}
          y={frame.top - 5}
          width={frame.right - frame.left + 10}
          height={frame.bottom - frame.top + 10}
        />
      </clipPath>
      {losses.map(({ at, label }) => (
        <g key={label}>
          <path class="curve-grid" d={`M${frame.left} ${at}H${frame.right}`} />
          <text x={frame.left - 6} y={at + 4} text-anchor="end">
            {label}
          </text>
        </g>
      ))}
      {epochs.map(({ at, label }) => (
        <text key={label} x={at} y={height - 8} text-anchor="middle">
          {label}
        </text>
      ))}
      <g clip-path={`url(#${clip})`}>
        {paths.map(({ name, isQuiet, path, points, kept }) => (
          <g key={name} class={isQuiet ? 'is-quiet' : `is-network-${networkOf(net, name)}`}>
            <path class="curve-line" d={path} />
            {points.length === 1 && <circle cx={nth(points, 0).x} cy={nth(points, 0).y} r="2.5" class="curve-dot" />}
            {kept && <circle cx={kept.x} cy={kept.y} r="4.5" class="curve-kept" />}
          </g>
        ))}
      </g>
      {above !== null && (
        <text x={frame.right} y={frame.top + 12} text-anchor="end">
          {`starts at ${above.toPrecision(2)}`}
        </text>
      )}
    </svg>
  )
}

/** The number of a network's line style; the styles repeat after the third. */
function networkOf(of: readonly { readonly name: string }[], name: string): number {
  return (of.findIndex(one => one.name === name) % strokes) + 1
}
const strokes = 3

function sentence({ name, points, kept }: Curve['paths'][number]): string {
  const last = points.at(-1)?.loss.toPrecision(4) ?? 'no loss'
  const first = `${name}, ${counted(points.length, 'epoch')}, ${last} at the end`
  return kept ? `${first}, epoch ${kept.epoch} selected` : first
}

function Legend({ lines }: { readonly lines: readonly Line[] }) {
  const networks = lines.filter(({ isQuiet }) => !isQuiet)
  const teachers = lines.length - networks.length
  if (lines.length === 0) return null
  return (
    <ul class="curve-legend">
      {networks.map((line, index) => (
        <li key={line.name} class={`is-network-${(index % strokes) + 1}`}>
          <Stroke /> {line.name}
        </li>
      ))}
      {teachers > 0 && (
        <li class="is-quiet">
          <Stroke /> Teacher, {counted(teachers, 'part')}
        </li>
      )}
      {networks.some(({ kept }) => kept !== null) && (
        <li>
          <svg viewBox="0 0 14 12" aria-hidden="true">
            <circle cx="7" cy="6" r="4.5" class="curve-kept" />
          </svg>{' '}
          Selected epoch
        </li>
      )}
    </ul>
  )
}

function Stroke() {
  return (
    <svg viewBox="0 0 28 12" aria-hidden="true">
      <path class="curve-line" d="M0 6H28" />
    </svg>
  )
}
