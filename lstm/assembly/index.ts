export { backward, backwardScratch } from './backward'
export { copyRows, forward } from './forward'
export { clear, pack, packTransposed, unpack } from './layout'
