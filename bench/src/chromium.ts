import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { chromiumPath } from './env.ts'

const places = [
  chromiumPath(),
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

/** The flags that tests and benchmarks start Chromium with. */
export const chromiumFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Finds Chromium and returns its path. As root on Debian it installs the package; elsewhere it throws with the command that does. */
export function findChromium(): string {
  const found = present()
  if (found) return found
  if (process.getuid?.() === 0 && isDebian()) {
    execFileSync('apt-get', ['update', '-qq'], { stdio: 'inherit' })
    const install = ['apt-get', 'install', '-y', '-qq', '--no-install-recommends', 'chromium']
    execFileSync('env', ['DEBIAN_FRONTEND=noninteractive', ...install], { stdio: 'inherit' })
    const installed = present()
    if (installed) return installed
  }
  throw new Error(
    'This needs Chromium and found none. On Debian or Ubuntu: sudo apt-get install -y chromium. ' +
      'Elsewhere install Chrome, or set CHROMIUM_PATH to the executable.',
  )
}

function present(): string | undefined {
  return places.find(place => place !== undefined && existsSync(place))
}

function isDebian(): boolean {
  return existsSync('/etc/os-release') && /^ID(_LIKE)?=.*debian/m.test(readFileSync('/etc/os-release', 'utf8'))
}
