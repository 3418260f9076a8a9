import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbedded } from '@candlewatch/adapters/stores/embedded/embedded'
import { type Browser, chromium } from 'playwright-core'
import { chromiumFlags, findChromium } from '../chromium.ts'
import { startBenchServer } from '../server-process.ts'
import { startPeerServer } from './peers/server.ts'

/** The parts of a page benchmark. */
export interface Stage {
  readonly browser: Browser
  /** The address of the server and the page. */
  readonly url: string
  readonly peersUrl: string
}

/** Runs a benchmark with a database, a server, the peers' pages and a browser of its own. */
export async function onStage(run: (stage: Stage) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'candlewatch-page-'))
  const ends: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })]
  try {
    // As root, the database runs as another user, who must be able to enter the folder.
    chmodSync(folder, 0o755)
    const dataDir = join(folder, 'postgres')
    const embedded = await startEmbedded({ dataDir })
    ends.push(() => embedded.stop())
    const server = await startBenchServer({ DATA_DIR: dataDir })
    ends.push(() => server.stop())
    const peers = await startPeerServer(server.url)
    ends.push(() => peers.close())
    const browser = await chromium.launch({ executablePath: findChromium(), args: chromiumFlags })
    ends.push(() => browser.close())
    await run({ browser, url: server.url, peersUrl: peers.url })
  } finally {
    for (const end of ends.reverse()) await end()
  }
}
