import { timingSafeEqual } from 'node:crypto'
import { errorCodes } from '@candlewatch/api/values/errors'
import { maxBodyBytes } from '@candlewatch/api/values/limits'
import { CandlewatchError } from '@candlewatch/core/errors'
import { type Request, type RequestHandler, Router } from 'express'
import type { z } from 'zod'
import { jsonBody } from '../http/json-body.ts'
import { parsed } from '../http/problem.ts'
import type { Log } from '../platform/log.ts'
import type { Settings } from '../settings/settings.ts'
import type { OwnedLive } from './owned-live.ts'
import {
  answerBody,
  budgetBody,
  correctBody,
  paths,
  takeInBody,
  type WireError,
  whatIfBody,
  withdrawBody,
} from './wire.ts'

// A bar is longer here than the row that it was made of.
const maxBytes = 2 * maxBodyBytes

/** The parts that the route works with. */
export interface ForwardedParts extends Pick<OwnedLive, 'forwarded'> {
  readonly settings: Pick<Settings, 'refresh'>
  /** The key of this server. */
  readonly key: string
  readonly log: Log
}

/**
 * Takes what other servers of the same database forward to this one. Their key opens these paths and nothing else, and no
 * other key opens them.
 */
export function forwardedRoute({ forwarded, settings, key, log }: ForwardedParts): Router {
  const router = Router()
  take(paths.answer, answerBody, ({ stream, bars, replay }, { held }) => {
    held.rows(bars.length)
    return forwarded.answer(stream, bars, replay)
  })
  take(paths.correct, correctBody, ({ stream, bar, reason }) => forwarded.correct(stream, bar, reason))
  take(paths.withdraw, withdrawBody, ({ stream, openMs, reason, at }) => forwarded.withdraw(stream, openMs, reason, at))
  take(paths.takeIn, takeInBody, ({ stream, bars, sinceTs }, { held }) => {
    held.rows(bars.length)
    return forwarded.takeIn(stream, bars, sinceTs)
  })
  take(paths.whatIf, whatIfBody, ({ stream, numbers }) => forwarded.whatIf(stream, numbers))
  take(paths.budget, budgetBody, async () => {
    await settings.refresh()
    return {}
  })
  return router

  function take<Body extends z.ZodType>(
    path: string,
    schema: Body,
    run: (body: z.output<Body>, request: Request) => Promise<unknown>,
  ) {
    router.post(path, requireKey(key), jsonBody(maxBytes), async (request, response) => {
      try {
        response.json(await run(parsed(schema, request.body, 'ERR_BODY_SHAPE'), request))
      } catch (error) {
        const known = error instanceof CandlewatchError && errorCodes[error.code].status !== 500 ? error : null
        if (!known) log.error({ requestId: request.id, url: path, err: error }, 'request failed')
        response.locals.code = known?.code ?? 'ERR_INTERNAL'
        const answer: WireError = known
          ? { code: known.code, message: known.message, field: known.field, details: known.details }
          : { code: 'ERR_INTERNAL', message: `its log has the details under the request id ${request.id}.` }
        response.status(known ? errorCodes[known.code].status : 500).json(answer)
      }
    })
  }
}

function requireKey(key: string): RequestHandler {
  const expected = Buffer.from(`Bearer ${key}`)
  return (request, _response, next) => {
    const found = Buffer.from(request.get('authorization') ?? '')
    if (found.length === expected.length && timingSafeEqual(found, expected)) {
      next()
      return
    }
    throw new CandlewatchError('ERR_KEY_INVALID', 'Expected the key of this server, as its database has it.')
  }
}
