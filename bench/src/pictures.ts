import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { chromium } from 'playwright-core'
import { chromiumFlags, findChromium } from './chromium.ts'
import { smaller } from './pictures/png.ts'
import { startReplay } from './pictures/replay.ts'
import { looks, type Shot, take } from './pictures/shots.ts'
import { train } from './pictures/training.ts'
import { worstEpisode } from './pictures/worst-episode.ts'

const fromRoot = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))

const options = new Command()
  .name('npm run pictures --')
  .description(
    'Takes the pictures of docs/pictures: every room in light and dark, wide and narrow, after a replay of the synthetic year.',
  )
  .option('--csv <file>', 'replay these rows instead')
  .option('--to <date>', 'replay rows that open before this date')
  .option('--out <folder>', 'where the pictures are written', fromRoot('docs/pictures'))
  .parse()
  .opts<{ readonly csv?: string; readonly to?: string; readonly out: string }>()

async function draw(folder: string): Promise<void> {
  const rows = [
    ...(options.csv ? ['--csv', options.csv] : ['--seed', '1']),
    ...(options.to ? ['--to', options.to] : []),
  ]
  // Models trained here are not kept.
  cpSync(fromRoot('models'), join(folder, 'models'), { recursive: true })
  const browser = await chromium.launch({ executablePath: findChromium(), args: chromiumFlags })
  const replay = await startReplay(rows, { DATA_DIR: join(folder, 'postgres'), MODELS_DIR: join(folder, 'models') })
  try {
    console.log(await train(replay.url))
    mkdirSync(options.out, { recursive: true })
    for (const shot of shotsOf(await worstEpisode(replay.url))) {
      for (const look of looks) {
        const png = smaller(await take(browser, replay.url, shot, look))
        const name = `${shot.name}-${look.scheme}-${look.width}.png`
        writeFileSync(join(options.out, name), png)
        console.log(`${name}: ${Math.round(png.length / 1_000)} kB`)
      }
    }
  } finally {
    await replay.stop()
    await browser.close()
  }
}

function shotsOf(episode: string): readonly Shot[] {
  const drawn = '[data-testid=chart][data-phase=drawn]'
  return [
    { name: 'watch', path: '/', ready: drawn },
    { name: 'episode', path: `/?${new URLSearchParams({ episode })}`, ready: drawn },
    { name: 'overview', path: '/overview', ready: '[data-testid=room]' },
    { name: 'models', path: '/models', ready: '[data-testid=version]' },
    { name: 'data', path: '/data', ready: '[data-testid=stream]' },
  ]
}

const folder = mkdtempSync(join(tmpdir(), 'candlewatch-pictures-'))
// As root, the database runs as another user, who must be able to enter the folder.
chmodSync(folder, 0o755)
try {
  await draw(folder)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
