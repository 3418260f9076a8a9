export { backward, backwardScratch } from './backward'
export { copyRows, forward, forwardScratch } from './forward'
export { clear, pack, packTransposed, unpack } from './layout'
