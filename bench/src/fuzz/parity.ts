import { fileURLToPath } from 'node:url'
import { readArtifact } from '@candlewatch/adapters/models/model-files'
import { postgresStore } from '@candlewatch/adapters/stores/postgres/store'
import { makePipeline } from '@candlewatch/core/engine/pipeline'
import { loadModel } from '@candlewatch/core/forecast/artifact'
import { startBackend } from '@candlewatch/core/forecast/backend'
import { checkStream } from '@candlewatch/lab/parity/stream'

const models = fileURLToPath(new URL('../../../models', import.meta.url))

/** Judges everything that is stored again. Returns the number of verdicts and what is wrong with them. */
export async function parity(url: string): Promise<{ readonly compared: number; readonly faults: readonly string[] }> {
  await startBackend()
  const model = await loadModel(await readArtifact(models, 'btc-usd-1h'))
  const store = postgresStore(url, { connections: 2 })
  try {
    let compared = 0
    const faults: string[] = []
    for (const stream of await store.streams()) {
      const found = await checkStream(store, stream, async (_, of) => makePipeline({ ...of, alarmsPerWeek: 0 }, model))
      compared += found.compared
      if (found.difference || found.notCompared.length > 0)
        faults.push(`parity of ${stream.market}: ${JSON.stringify(found)}`)
    }
    return { compared, faults }
  } finally {
    await store.close()
  }
}
