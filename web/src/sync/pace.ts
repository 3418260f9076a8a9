/**
 * Makes a request for `run`. It follows in an animation frame, once however often it was asked for, and no sooner than `gapMs`
 * after the last run, or twice as long as that run took, so that a slow machine stays responsive. A hidden page has no frames; a
 * timer stands in for them.
 */
export function makePace(run: () => void, gapMs: number): () => void {
  let isRequested = false
  let restUntil = 0
  const fire = () => {
    isRequested = false
    const from = performance.now()
    run()
    const tookMs = performance.now() - from
    restUntil = from + Math.max(gapMs, 2 * tookMs)
  }
  const inFrame = () => (document.hidden ? fire() : requestAnimationFrame(fire))
  return () => {
    if (isRequested) return
    isRequested = true
    // 8 ms early, half a frame: the frame that follows rounds the wait up.
    const waitMs = restUntil - performance.now() - 8
    if (waitMs <= 0 && !document.hidden) requestAnimationFrame(fire)
    else setTimeout(inFrame, Math.max(waitMs, 50))
  }
}
