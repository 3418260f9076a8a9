/** One column a week, the newest on the right, and the budget as a line. */
export function Weeks({ weeks, budget }: { readonly weeks: readonly number[]; readonly budget: number }) {
  const top = Math.max(budget * 2, ...weeks, 1)
  const y = (count: number) => 29 - (count / top) * 26
  const blank = 12 - weeks.length
  return (
    <svg class="weeks" viewBox="0 0 120 30" preserveAspectRatio="none" role="img">
      <title>{`Alarms in each of the last ${weeks.length} weeks, oldest first: ${weeks.join(', ')}`}</title>
      {weeks.map((count, index) => {
        const x = (blank + index) * 10 + 1.5
        const height = Math.max(29 - y(count), 1)
        return (
          <rect key={index} class={count > budget ? 'is-over' : ''} x={x} y={29 - height} width="7" height={height} />
        )
      })}
      <path d={`M0 ${y(budget)}H120`} vector-effect="non-scaling-stroke" />
    </svg>
  )
}
