/** The tests' browser is the benchmarks' too. */
export { chromiumFlags, findChromium } from '../bench/src/chromium.ts'
