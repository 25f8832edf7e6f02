/** The connection to WhatsApp: its state, and linking a number while somebody watches. */
import { type Deferred, Deferred as Deferreds, Effect, Stream } from "effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { encodeQR } from "qr"
import { LinkSession, ReconnectSession, SessionStatus, UnlinkSession } from "../../../contracts/commands.ts"
import { CurrentKey } from "../../../contracts/http/access.ts"
import { api } from "../../../contracts/http/api.ts"
import { retryAfterSeconds, TooMany } from "../../../contracts/http/problems.ts"
import { LiveSession, liveSessionTopic, riskNotice } from "../../../contracts/session.ts"
import { Keyring } from "../../../infra/keyring/keyring.ts"
import { Nats } from "../../../infra/nats/connection.ts"
import { listenLive } from "../../../infra/nats/live.ts"
import type { Accounts } from "../accounts.ts"
import { byOf } from "../authorize.ts"
import { whileInForce } from "../heartbeats.ts"
import { ask, askNoted, modelsAfter, page } from "./answering.ts"

/** Owners who watch a number being linked: one, and their other tabs. */
const watchersMax = 10
/** Not to be kept, and not to be held back by a proxy until there is more of it. */
const streamHeaders = { "cache-control": "no-store", "x-accel-buffering": "no" }

/** What a watcher is told: a QR code comes with its picture, so that the page needs no program to draw it. */
const frameOf = (message: LiveSession): string => {
  const shown =
    message.live === "qr"
      ? { ...message, svg: encodeQR(message.text, "svg", { ecc: "low", border: 2 }) }
      : message
  return `data: ${JSON.stringify(shown)}\n\n`
}

export const session = (accounts: Accounts, stopping: Deferred.Deferred<void>) => {
  let watching = 0
  const watch = Effect.gen(function* () {
    const nats = yield* Nats
    const { account } = yield* Keyring
    yield* Effect.acquireRelease(
      Effect.sync(() => void (watching += 1)),
      () => Effect.sync(() => void (watching -= 1))
    )
    const heard = yield* listenLive(nats, account, liveSessionTopic, LiveSession)
    // A QR code is a credential: whoever may not see one any more is told none.
    return whileInForce(Stream.map(heard, frameOf), accounts, yield* CurrentKey)
  })
  return HttpApiBuilder.group(api, "session", (handlers) =>
    handlers.handleAll({
      state: () =>
        Effect.map(ask(SessionStatus, {}), ({ health, session }) => ({ session, health, risk: riskNotice })),
      list: Effect.fnUntraced(function* ({ query }) {
        const models = yield* modelsAfter(query.after)
        return page(query, models.sessions)
      }),
      link: Effect.fnUntraced(function* ({ payload }) {
        return yield* ask(LinkSession, { ...payload, by: byOf(yield* CurrentKey) })
      }),
      unlink: Effect.fnUntraced(function* () {
        return yield* askNoted(UnlinkSession, { by: byOf(yield* CurrentKey) })
      }),
      reconnect: Effect.fnUntraced(function* () {
        return yield* askNoted(ReconnectSession, { by: byOf(yield* CurrentKey) })
      }),
      live: Effect.fnUntraced(function* () {
        if (watching >= watchersMax)
          return yield* new TooMany({
            retryAfterSeconds,
            detail: `${watchersMax} are watching, which is all there can be.`
          })
        const services = yield* Effect.context<Nats | Keyring | CurrentKey>()
        const frames = Stream.unwrap(Effect.provideContext(watch, services)).pipe(
          Stream.interruptWhen(Deferreds.await(stopping))
        )
        return HttpServerResponse.stream(Stream.encodeText(frames), {
          contentType: "text/event-stream; charset=utf-8",
          headers: streamHeaders
        })
      })
    })
  )
}
