import { type OwnerStore, streamMoved } from '@candlewatch/adapters/stores/owners'
import { CandlewatchError } from '@candlewatch/core/errors'
import { type Stream, streamKey } from '@candlewatch/core/time'
import type { Live } from '../judging/live.ts'
import type { Forward } from './forward.ts'
import type { Membership, Peer } from './membership.ts'

/** What a judge is asked. */
type Judge = Pick<Live, 'answer' | 'correct' | 'withdraw' | 'takeIn' | 'whatIf'>

/** A judge for every server of a database: each stream is judged by its owner, whichever server is asked. */
export interface OwnedLive extends Live {
  /** Judges what another server has forwarded. It is never forwarded again: throws ERR_STREAM_MOVED for a stream of another server. */
  readonly forwarded: Judge
  /** Tells whether this server is known to own the stream. */
  owns(stream: Stream): boolean
}

/** The parts that owned judging works with. */
export interface OwnedLiveParts {
  readonly members: Pick<Membership, 'epoch' | 'peer' | 'renew'>
  readonly store: Pick<OwnerStore, 'claim'>
  readonly forward: Forward
  /** Makes the judge whose writes carry this epoch. */
  makeJudge(epoch: number): Live
  /** Called when a stream was taken, before anything of it is judged here. */
  taken?(stream: Stream): Promise<void>
}

/** What a registration is good for: its engines and its knowledge of owners are never used under another epoch. */
interface Term {
  readonly epoch: number
  readonly judge: Live
  /** The epochs of the owners of streams. */
  readonly owners: Map<string, Promise<number>>
  /** Streams of which this process is the owner. */
  readonly owned: Set<string>
}

/** The owner as it was known, as the database names it, and once more for one that registered anew meanwhile. */
const attempts = 3
/** How long the judge of an earlier registration may still publish what it has stored. */
const retiredMs = 30_000

/** Makes the judge that answers for the streams of this server and forwards everything else to their owners. */
export function makeOwnedLive({ members, store, forward, makeJudge, taken }: OwnedLiveParts): OwnedLive {
  let term = begin()
  /** Judges of earlier registrations. What they have begun is stored or refused by the database. */
  const retired = new Set<Live>()
  let isClosing = false

  return {
    answer: (stream, bars, replay = null) =>
      atOwner(
        stream,
        judge => judge.answer(stream, bars, replay),
        peer => forward.answer(peer, stream, bars, replay),
      ),
    correct: (stream, bar, reason) =>
      atOwner(
        stream,
        judge => judge.correct(stream, bar, reason),
        peer => forward.correct(peer, stream, bar, reason),
      ),
    withdraw: (stream, openMs, reason, at) =>
      atOwner(
        stream,
        judge => judge.withdraw(stream, openMs, reason, at),
        peer => forward.withdraw(peer, stream, openMs, reason, at),
      ),
    takeIn: (stream, bars, sinceTs) =>
      atOwner(
        stream,
        judge => judge.takeIn(stream, bars, sinceTs),
        peer => forward.takeIn(peer, stream, bars, sinceTs),
      ),
    whatIf: (stream, numbers) =>
      atOwner(
        stream,
        judge => judge.whatIf(stream, numbers),
        peer => forward.whatIf(peer, stream, numbers),
      ),
    forwarded: {
      answer: (stream, bars, replay) => here(stream, judge => judge.answer(stream, bars, replay)),
      correct: (stream, bar, reason) => here(stream, judge => judge.correct(stream, bar, reason)),
      withdraw: (stream, openMs, reason, at) => here(stream, judge => judge.withdraw(stream, openMs, reason, at)),
      takeIn: (stream, bars, sinceTs) => here(stream, judge => judge.takeIn(stream, bars, sinceTs)),
      whatIf: (stream, numbers) => here(stream, judge => judge.whatIf(stream, numbers)),
    },
    owns: stream => present().owned.has(streamKey(stream)),
    async close() {
      isClosing = true
      await Promise.all([term.judge, ...retired].map(judge => judge.close()))
    },
  }

  /** Runs a job where the stream's owner is. A repeated job is answered from the store as far as it was done before. */
  function atOwner<T>(
    stream: Stream,
    local: (judge: Judge) => Promise<T>,
    remote: (peer: Peer) => Promise<T>,
  ): Promise<T> {
    return retried(stream, async asked => {
      const owner = await ownerOf(stream, asked)
      return owner === asked.epoch ? local(asked.judge) : remote(await peerOf(owner, stream))
    })
  }

  function here<T>(stream: Stream, local: (judge: Judge) => Promise<T>): Promise<T> {
    return retried(stream, async asked => {
      if ((await ownerOf(stream, asked)) !== asked.epoch) throw streamMoved(stream)
      return local(asked.judge)
    })
  }

  async function retried<T>(stream: Stream, job: (asked: Term) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      if (isClosing) {
        throw new CandlewatchError('ERR_STOPPING', 'The server is stopping. Send the rows again when it is back.')
      }
      const asked = present()
      try {
        return await job(asked)
      } catch (error) {
        if (!(error instanceof CandlewatchError) || error.code !== 'ERR_STREAM_MOVED') throw error
        asked.owners.delete(streamKey(stream))
        asked.owned.delete(streamKey(stream))
        if (attempt === attempts) throw error
      }
    }
  }

  /** The epoch of the stream's owner: it is asked once, and known until the owner is found to have lost the stream. */
  function ownerOf(stream: Stream, { epoch, owners, owned }: Term): Promise<number> {
    const key = streamKey(stream)
    const known = owners.get(key)
    if (known !== undefined) return known
    const claimed = claim(stream, epoch)
    owners.set(key, claimed)
    claimed.then(
      owner => owner === epoch && owned.add(key),
      () => owners.delete(key),
    )
    return claimed
  }

  async function claim(stream: Stream, epoch: number): Promise<number> {
    const owner = await store.claim(stream, epoch)
    if (owner === epoch) await taken?.(stream)
    if (owner !== null) return owner
    // This process was not renewed in time: it registers again.
    await members.renew()
    throw streamMoved(stream)
  }

  async function peerOf(epoch: number, stream: Stream): Promise<Peer> {
    // One that has just started may not be known yet, or not where it listens.
    if (members.peer(epoch)?.address == null) await members.renew()
    const peer = members.peer(epoch)
    if (!peer) throw streamMoved(stream)
    return peer
  }

  function present(): Term {
    if (term.epoch === members.epoch()) return term
    retire(term.judge)
    term = begin()
    return term
  }

  function retire(judge: Live): void {
    retired.add(judge)
    setTimeout(() => {
      void judge.close().finally(() => retired.delete(judge))
    }, retiredMs).unref()
  }

  function begin(): Term {
    const epoch = members.epoch()
    return { epoch, judge: makeJudge(epoch), owners: new Map(), owned: new Set() }
  }
}
