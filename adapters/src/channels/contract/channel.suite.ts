import type { Ms } from '@candlewatch/core/types'
import { describe, expect, test } from 'vitest'
import type { Channel, Message } from '../channel.ts'

/** How the receiver answers the next messages. */
export type Behaviour = 'accept' | 'refuse' | 'fail' | 'busy' | 'hang' | 'hang-up' | 'endless'

/** A channel under test and its receiver, which runs on this machine. */
export interface ChannelHarness {
  readonly channel: Channel
  /** Texts that no delivery may contain. */
  readonly secrets: readonly string[]
  behave(behaviour: Behaviour): void
  /** Messages that arrived, with their ids and the texts that people read. */
  received(): readonly { readonly id: string; readonly text: string }[]
  /** Resolves when the next message has arrived. */
  arrival(): Promise<void>
  /** Ends the receiver: from now on nothing listens. */
  stop(): Promise<void>
}

/** Makes a message; texts have characters that need encoding everywhere. */
export function messageAt(n: number): Message {
  return {
    id: `msg_${n}`,
    type: 'episode.opened',
    at: (Date.UTC(2021, 4, 19, 12) + n) as Ms,
    title: `BTC-USD fell 12 % – number ${n}`,
    text: `Fell to 38,000 USD, "12 %" below the 43,000 <expected> & counting.\nNumber ${n}.`,
    data: { market: 'bitstamp:BTC-USD', size: -0.12, n },
  }
}

/** Tests that every channel passes. */
export function channelContract(name: string, start: () => Promise<ChannelHarness>): void {
  const never = () => new AbortController().signal

  describe(`${name}: the contract of a channel`, () => {
    test('a message arrives once, with its id and its whole text', async () => {
      const { channel, received } = await start()
      expect(await channel.send(messageAt(1), never())).toEqual({ outcome: 'delivered' })
      expect(received()).toEqual([{ id: 'msg_1', text: messageAt(1).text }])
    })

    test('a second attempt for a message has the same id', async () => {
      const { channel, received } = await start()
      await channel.send(messageAt(1), never())
      await channel.send(messageAt(1), never())
      expect(received().map(({ id }) => id)).toEqual(['msg_1', 'msg_1'])
    })

    test('messages sent at the same time all arrive', async () => {
      const { channel, received } = await start()
      const messages = Array.from({ length: 20 }, (_, n) => messageAt(n))
      const deliveries = await Promise.all(messages.map(message => channel.send(message, never())))
      expect(deliveries.every(({ outcome }) => outcome === 'delivered')).toBe(true)
      const texts = new Map(received().map(({ id, text }) => [id, text]))
      expect(texts).toEqual(new Map(messages.map(({ id, text }) => [id, text])))
    })

    test.each(['fail', 'busy', 'hang', 'hang-up'] as const)(
      'a receiver that would %s is worth a retry',
      async behaviour => {
        const { channel, behave } = await start()
        behave(behaviour)
        expect(await channel.send(messageAt(1), never())).toMatchObject({ outcome: 'retry' })
        behave('accept')
        expect(await channel.send(messageAt(1), never())).toEqual({ outcome: 'delivered' })
      },
    )

    test('a busy receiver says how long to wait', async () => {
      const { channel, behave } = await start()
      behave('busy')
      const delivery = await channel.send(messageAt(1), never())
      expect(delivery).toMatchObject({ outcome: 'retry', retryAfterMs: expect.any(Number) })
    })

    test('a refusal by the receiver is final, and the message is sent once', async () => {
      const { channel, behave, received } = await start()
      behave('refuse')
      expect(await channel.send(messageAt(1), never())).toMatchObject({ outcome: 'refused' })
      expect(received()).toHaveLength(1)
    })

    test('a receiver whose answer never ends does not keep the sender', async () => {
      const { channel, behave } = await start()
      behave('endless')
      expect(await channel.send(messageAt(1), never())).toEqual({ outcome: 'delivered' })
    })

    test('a receiver that is gone is worth a retry', async () => {
      const { channel, stop } = await start()
      await stop()
      expect(await channel.send(messageAt(1), never())).toMatchObject({
        outcome: 'retry',
        fault: { code: 'unreachable' },
      })
    })

    test('an aborted signal rejects with its reason: before the attempt nothing is sent, during it the attempt ends', async () => {
      const { channel, behave, received, arrival } = await start()
      const reason = new Error('stopping')
      await expect(channel.send(messageAt(1), AbortSignal.abort(reason))).rejects.toBe(reason)
      expect(received()).toEqual([])

      behave('hang')
      const stop = new AbortController()
      const sending = expect(channel.send(messageAt(2), stop.signal)).rejects.toBe(reason)
      await arrival()
      stop.abort(reason)
      await sending
    })

    test('no delivery contains a secret', async () => {
      const { channel, secrets, behave, stop } = await start()
      const deliveries: unknown[] = []
      for (const behaviour of ['accept', 'refuse', 'fail', 'busy', 'hang-up'] as const) {
        behave(behaviour)
        deliveries.push(await channel.send(messageAt(1), never()))
      }
      await stop()
      deliveries.push(await channel.send(messageAt(1), never()))
      const text = JSON.stringify(deliveries)
      for (const secret of secrets) expect(text).not.toContain(secret)
    })
  })
}
