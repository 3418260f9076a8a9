/**
 * tanh of four numbers, at most 5e-7 off: an odd rational function, fitted for least relative error on ±8 and held at its
 * ends beyond. A NaN stays one: `pmin` and `pmax` answer their first operand when a comparison fails.
 */
export function tanh(x: v128): v128 {
  const held = f32x4.pmax(f32x4.pmin(x, f32x4.splat(8)), f32x4.splat(-8))
  const s = f32x4.mul(held, held)
  let p = f32x4.splat(1.1428769805313025e-5)
  p = f32x4.add(f32x4.mul(p, s), f32x4.splat(0.00295106070743539))
  p = f32x4.add(f32x4.mul(p, s), f32x4.splat(0.1292569944487792))
  p = f32x4.add(f32x4.mul(p, s), f32x4.splat(0.9999998545898454))
  let q = f32x4.splat(2.4593111730881896e-7)
  q = f32x4.add(f32x4.mul(q, s), f32x4.splat(0.00023867408050458084))
  q = f32x4.add(f32x4.mul(q, s), f32x4.splat(0.02381571131515293))
  q = f32x4.add(f32x4.mul(q, s), f32x4.splat(0.4625891522846037))
  q = f32x4.add(f32x4.mul(q, s), f32x4.splat(1))
  return f32x4.div(f32x4.mul(held, p), q)
}

/** 1 / (1 + e^-x), or Keras's piecewise line 0.2 x + 0.5 between 0 and 1: four numbers. */
export function gate(x: v128, hard: bool): v128 {
  const half = f32x4.splat(0.5)
  if (hard) {
    const line = f32x4.add(f32x4.mul(x, f32x4.splat(0.2)), half)
    return f32x4.pmax(f32x4.pmin(line, f32x4.splat(1)), f32x4.splat(0))
  }
  return f32x4.add(f32x4.mul(tanh(f32x4.mul(x, half)), half), half)
}

/** How fast a gate moves, from where it stands. */
export function gateSlope(y: v128, hard: bool): v128 {
  const one = f32x4.splat(1)
  if (hard) {
    const between = v128.and(f32x4.gt(y, f32x4.splat(0)), f32x4.lt(y, one))
    // A gate that is NaN is outside of both, and its slope must be NaN too.
    const lost = f32x4.ne(y, y)
    return v128.or(v128.and(v128.or(between, lost), f32x4.splat(0.2)), v128.and(lost, y))
  }
  return f32x4.mul(y, f32x4.sub(one, y))
}

/** The slope of tanh, from its value. */
export function tanhSlope(y: v128): v128 {
  return f32x4.sub(f32x4.splat(1), f32x4.mul(y, y))
}

/** sum + a b, rounded twice. */
export function madd(sum: v128, a: v128, b: v128): v128 {
  return f32x4.add(sum, f32x4.mul(a, b))
}
