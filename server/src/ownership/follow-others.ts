import type { BarStore } from '@candlewatch/adapters/stores/bars'
import type { ReplayStore } from '@candlewatch/adapters/stores/replays'
import { closeOf, type Stream, streamKey, streamOf } from '@candlewatch/core/time'
import type { Replay } from '@candlewatch/core/types'
import { nextOpenOf } from '@candlewatch/core/verdict'
import type { Feeds } from '../feeds/feeds.ts'
import type { ModelRegistry } from '../models/model-registry.ts'
import type { EventBus } from '../platform/events.ts'
import type { Log } from '../platform/log.ts'
import type { Settings } from '../settings/settings.ts'
import type { PublishTold } from '../told/publish-told.ts'
import type { Membership } from './membership.ts'
import type { Exchange } from './notices.ts'
import type { VerdictsElsewhere } from './verdicts-elsewhere.ts'

/** The parts of this server that change when another server changes something. */
export interface FollowParts {
  readonly exchange: Exchange
  readonly events: Pick<EventBus, 'publish'>
  readonly members: Pick<Membership, 'renew'>
  readonly settings: Pick<Settings, 'refresh'>
  readonly registry: Pick<ModelRegistry, 'refresh'>
  readonly feeds: Pick<Feeds, 'list' | 'acceptedElsewhere'>
  readonly verdicts: Pick<VerdictsElsewhere, 'committed' | 'missed'>
  readonly told: Pick<PublishTold, 'showStored'>
  readonly store: Pick<BarStore & ReplayStore, 'bars' | 'known' | 'streams' | 'replay' | 'replays'>
  readonly log: Log
}

const maxReplays = 100

/** Takes over what other servers change. After any doubt all of it is read again. */
export function followOthers(parts: FollowParts): void {
  const { exchange, events, members, settings, registry, feeds, verdicts, told, store, log } = parts

  exchange.on('verdicts', ({ stream, afterSeq, seq, ts, nextOpen }) => {
    feeds.acceptedElsewhere(stream, ts, nextOpen)
    verdicts.committed(stream, afterSeq, seq)
  })
  exchange.on('withdrawn', ({ stream }) => follow(showWithdrawn(stream)))
  exchange.on('removed', ({ stream }) => events.publish('removed', { stream }))
  exchange.on('budget', () => follow(settings.refresh()))
  exchange.on('model', () => follow(registry.refresh()))
  exchange.on('replay', ({ id }) => follow(showReplay(id)))
  exchange.on('told', incident => follow(told.showStored(incident)))
  exchange.on('import', job => events.publish('import', job))
  exchange.on('servers', () => follow(members.renew()))
  exchange.start(() => {
    verdicts.missed()
    for (const work of [settings.refresh(), registry.refresh(), members.renew(), showReplays(), checkFeeds()])
      follow(work)
  })

  function follow(work: Promise<unknown>): void {
    // If the database does not answer, the connection that brings notices breaks too: everything is read again afterwards.
    work.catch(err => log.debug({ err }, 'a change by another server could not be read'))
  }

  async function showWithdrawn(stream: Stream): Promise<void> {
    const [newest] = await store.bars({ ...stream, fromMs: null, toMs: null, limit: 1 })
    events.publish('withdrawn', { stream, newest: newest ?? null })
  }

  async function showReplay(id: string): Promise<void> {
    const replay = await store.replay(id)
    if (replay) events.publish('replay', replay)
  }

  /** Shows the newest replay of each stream. */
  async function showReplays(): Promise<void> {
    const newest = new Map<string, Replay>()
    for (const replay of (await store.replays(maxReplays)).toReversed()) newest.set(streamKey(streamOf(replay)), replay)
    for (const replay of newest.values()) events.publish('replay', replay)
  }

  async function checkFeeds(): Promise<void> {
    const known = new Set(feeds.list().map(feed => streamKey(streamOf(feed))))
    for (const { market, intervalMs, lastOpenMs } of await store.streams()) {
      const stream = { market, intervalMs }
      if (!known.has(streamKey(stream))) continue
      const ts = closeOf(lastOpenMs, intervalMs)
      const verdict = (await store.known(stream, [ts])).get(ts)?.verdict
      feeds.acceptedElsewhere(stream, ts, verdict ? nextOpenOf(verdict) : null)
    }
  }
}
