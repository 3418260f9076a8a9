import { randomBytes } from 'node:crypto'
import type { OwnerStore, Process } from '@candlewatch/adapters/stores/owners'
import type { Log } from '../platform/log.ts'

/** Another server that works on the same database. */
export interface Peer extends Process {
  /** Aborted when it is no longer valid: others may then take over its streams. */
  readonly gone: AbortSignal
}

/** This process among the servers that work on the same database. */
export interface Membership {
  /** The epoch of its present registration. It changes when the process was not renewed in time. */
  epoch(): number
  /** What other servers must send with the requests that they forward to this one. */
  readonly key: string
  /** The other server of this epoch; null if it is not valid, or not known yet. */
  peer(epoch: number): Peer | null
  peers(): readonly Peer[]
  /** Renews now instead of at the next second. */
  renew(): Promise<void>
  /** Tells the other servers where this one can be reached. */
  listensAt(address: string): Promise<void>
  /** Gives up all streams at once. */
  leave(): Promise<void>
}

/** The parts that a membership works with. */
export interface MembershipParts {
  readonly store: OwnerStore
  readonly log: Log
  /** Called when another server has come or gone, and after a new registration. */
  changed?(): void
}

/** How long the others wait for a server that says nothing more before they take over its streams. */
const validMs = 4_000
const renewMs = 1_000

/** Registers this process and renews its registration every second. */
export async function openMembership({ store, log, changed }: MembershipParts): Promise<Membership> {
  const key = randomBytes(32).toString('hex')
  const peers = new Map<number, { readonly peer: Peer; readonly gone: AbortController }>()
  let address: string | null = null
  let epoch = await store.register({ address, key }, validMs)
  let underWay: Promise<void> | null = null
  let isFailing = false
  let hasLeft = false
  await renewOnce()
  const timer = setInterval(() => {
    renew().then(
      () => {
        if (isFailing) log.info('the registration of this server is renewed again')
        isFailing = false
      },
      err => {
        if (!isFailing) log.warn({ err }, 'the registration of this server could not be renewed: others may take over')
        isFailing = true
      },
    )
  }, renewMs)

  return {
    epoch: () => epoch,
    key,
    peer: of => peers.get(of)?.peer ?? null,
    peers: () => [...peers.values()].map(({ peer }) => peer),
    renew,
    async listensAt(given) {
      address = given
      await renew()
      // A renewal that was under way had the address of before.
      await renew()
    },
    async leave() {
      hasLeft = true
      clearInterval(timer)
      await underWay?.catch(() => {})
      for (const { gone } of peers.values()) gone.abort()
      const leaving = isFailing ? Promise.reject(new Error('the database says nothing more')) : store.leave(epoch)
      await leaving.catch(err => {
        log.warn({ err }, `this server could not give up its markets: others take over in ${validMs / 1_000} s`)
      })
    },
  }

  function renew(): Promise<void> {
    underWay ??= renewOnce().finally(() => {
      underWay = null
    })
    return underWay
  }

  async function renewOnce(): Promise<void> {
    if (hasLeft) return
    const listed = await store.renew({ epoch, address }, validMs)
    if (listed) {
      update(listed)
      return
    }
    epoch = await store.register({ address, key }, validMs)
    log.warn({ epoch }, 'this server was not renewed in time: it takes its markets again as rows arrive')
    changed?.()
  }

  function update(listed: readonly Process[]): void {
    const valid = new Map(listed.map(one => [one.epoch, one] as const))
    valid.delete(epoch)
    let isChanged = false
    for (const [of, { peer, gone }] of peers) {
      const found = valid.get(of)
      if (found?.address === peer.address) continue
      isChanged = true
      peers.delete(of)
      if (!found) gone.abort()
    }
    for (const { epoch: of, address, key: its } of valid.values()) {
      if (peers.has(of)) continue
      isChanged = true
      const gone = new AbortController()
      peers.set(of, { peer: { epoch: of, address, key: its, gone: gone.signal }, gone })
    }
    if (isChanged) changed?.()
  }
}
