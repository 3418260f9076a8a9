import { setTimeout as wait } from 'node:timers/promises'

/** A client of the event stream that comes back with its last id whenever it is cut off, as browsers do. */
export class Listener {
  /** The ids of the verdicts that it has received, in order. */
  readonly ids: number[] = []
  #url: string
  readonly market: string
  readonly #stop = new AbortController()

  constructor(url: string, market: string) {
    this.#url = url
    this.market = market
    void this.#listen()
  }

  /** Connects to another server from the next time on. */
  moveTo(url: string): void {
    this.#url = url
  }

  close(): void {
    this.#stop.abort()
  }

  async #listen(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await this.#once().catch(() => undefined)
      await wait(20)
    }
  }

  async #once(): Promise<void> {
    const query = new URLSearchParams({
      market: this.market,
      interval: '1m',
      lastEventId: String(this.ids.at(-1) ?? 0),
    })
    const response = await fetch(`${this.#url}/api/stream?${query}`, { signal: this.#stop.signal })
    let text = ''
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk
      const parts = text.split('\n\n')
      text = parts.pop() ?? ''
      for (const part of parts) {
        const id = /^event: verdict\nid: (\d+)/.exec(part)?.[1]
        if (id !== undefined) this.ids.push(Number(id))
      }
    }
  }
}
