import { setTimeout as wait } from 'node:timers/promises'

interface Training {
  readonly state: string
}

const mostMs = 600_000

/** Runs a quick training, so that there are versions to compare. Returns its result, or why the rows are not sufficient. */
export async function train(url: string): Promise<string> {
  const headers = { 'content-type': 'application/json' }
  const started = await fetch(`${url}/api/models/retrain`, { method: 'POST', headers, body: '{ "size": "quick" }' })
  if (!started.ok) return `Nothing was trained: ${((await started.json()) as { detail: string }).detail}`
  const from = performance.now()
  for (;;) {
    const { state } = (await (await fetch(`${url}/api/training`)).json()) as Training
    if (state !== 'running') return `A quick training: ${state}.`
    if (performance.now() - from > mostMs) throw new Error('The training did not end in ten minutes.')
    await wait(500)
  }
}
