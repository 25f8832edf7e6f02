/**
 * WhatsApp as a gateway: messages are written to the session's open socket, and count as sent once the server
 * has acknowledged them, or anybody gave a receipt for them.
 */
import { createHash } from "node:crypto"
import { Clock, Deferred, Effect, Latch, PubSub, Schema, Stream } from "effect"
import { WhatsAppId } from "../../../contracts/ids.ts"
import { Keyring } from "../../../infra/keyring/keyring.ts"
import { type GatewayNews, type GatewayService, TransmitFailed, type WireMessage } from "../gateway.ts"
import { bareJid } from "../incoming/jid.ts"
import { isSelf } from "../incoming/stanza.ts"
import { type OpenSocket, type SelfIdentity, Session, type SocketEvent } from "../session/connection.ts"
import { admit } from "./admit.ts"
import { makeAcknowledgements } from "./acknowledgement.ts"
import { makeColdLimit, unstatedMillis } from "./cold-limit.ts"
import { makeComposing } from "./composing.ts"
import { type Line, makeOutcomes } from "./outcomes.ts"
import { uploadMedia } from "./media.ts"
import { levelOf } from "./receipt-level.ts"
import { answeredIn, makeGroups, mentionedIn, recipientOf } from "./recipient.ts"
import { reachOutLimited, refusalOf } from "./refusals.ts"
import { contentOf, type WireContent } from "./wire-content.ts"

/** How long a message is waited for, from its writing to its acknowledgement. It holds up its chat for that long. */
const ackMillisMax = 5_000

/** How long one who asks again is kept waiting for the connection to be open. */
const openMillisMax = 20_000

/** How often, and how many times, it is looked whether a message that a receiver asks for is folded. */
const foldedAgainMillis = 50
const foldedTimesMax = 100

const failed = (message: string, final = false) => new TransmitFailed({ gateway: "whatsapp", final, message })

const isOurId = Schema.is(WhatsAppId)

/** Opens the way out over the session of this process. It hears everything from here on. */
export const openWhatsAppGateway = Effect.fn("openWhatsAppGateway")(function* (options: {
  /** Where files lie that are sent. */
  readonly mediaFolder: string
}) {
  const session = yield* Session
  const keyring = yield* Keyring
  const clock = yield* Clock.Clock
  const now = () => clock.currentTimeMillisUnsafe()
  const news = yield* PubSub.unbounded<GatewayNews>()
  const outcomes = makeOutcomes()
  const acknowledgements = makeAcknowledgements()
  const cold = makeColdLimit()
  const groups = makeGroups()
  const opening = Latch.makeUnsafe(false)
  /** When the newest socket had handed over what waited, by its number. */
  let replayed: { readonly number: number; readonly at: number } | undefined

  /** Who we are, asked once for each connection. */
  let self: SelfIdentity | undefined

  const publish = (it: GatewayNews) => void PubSub.publishUnsafe(news, it)

  const lineOf = (socket: OpenSocket | undefined): Line | undefined =>
    socket === undefined
      ? undefined
      : {
          openedAt: socket.openedAt,
          replayedAt: replayed?.number === socket.number ? replayed.at : undefined
        }

  const taken = (whatsApp: WhatsAppId, at: number) => {
    outcomes.note(whatsApp, { is: "taken" })
    if (!acknowledgements.tell(whatsApp, Effect.void)) publish({ news: "taken", whatsApp, at })
  }

  /** Asks WhatsApp how long first messages have to rest: the session hears the answer, or that there is none. */
  const askForLimit = Effect.gen(function* () {
    const socket = yield* session.socket
    if (socket === undefined) return
    yield* Effect.tryPromise(() => socket.fetchAccountReachoutTimelock()).pipe(
      Effect.catch(() => session.reachOutRefused(now() + unstatedMillis))
    )
  })

  const acknowledged = Effect.fnUntraced(function* ({ at, error, from, id }: SocketEvent & { event: "ack" }) {
    if (!isOurId(id)) return
    if (error === undefined) return taken(id, at)
    outcomes.note(id, { is: "missing" })
    // What was thought to be known of the group may be what was wrong.
    groups.forget(bareJid(from))
    if (error === reachOutLimited) {
      cold.refused(at)
      yield* Effect.forkChild(askForLimit)
    }
    acknowledgements.tell(id, Effect.fail(refusalOf(error)))
  })

  const receipted = (receipt: SocketEvent & { event: "receipt" }, ours: SelfIdentity | undefined) => {
    const level = levelOf(receipt.kind)
    const giver = bareJid(receipt.participant ?? receipt.from)
    // Another device of this account has it, which says nothing of anybody else.
    const isOwn = receipt.recipient !== undefined || (ours !== undefined && isSelf(ours, giver))
    for (const whatsApp of receipt.ids) {
      if (!isOurId(whatsApp)) continue
      if (!outcomes.isTaken(whatsApp)) taken(whatsApp, receipt.at)
      if (level !== undefined && !isOwn) publish({ news: "receipt", whatsApp, level, at: receipt.at })
    }
  }

  const heard = Effect.fnUntraced(function* (event: SocketEvent) {
    switch (event.event) {
      case "ack":
        return yield* acknowledged(event)
      case "receipt":
        self ??= yield* session.self
        return receipted(event, self)
      case "opened":
        groups.forget()
        self = (yield* session.socket)?.self
        opening.openUnsafe()
        return publish({ news: "open" })
      case "replayed":
        replayed = { number: event.number, at: now() }
        return
      case "closed":
        return acknowledgements.closed()
      case "notification":
        if (event.node.attrs["type"] === "w:gp2") groups.forget(bareJid(event.node.attrs["from"]))
        return
      case "reach-out-limit":
        cold.told(event.active, event.until, now())
        return event.active ? undefined : publish({ news: "open" })
      case "lid-mapping":
      case "call":
        return
    }
  })
  yield* Effect.forkScoped(Stream.runForEach(yield* session.subscribe, heard))

  /** What refers to the message is keyed by this; the same each time, for receivers keep the first they see. */
  const secretOf = ({ chat, whatsApp }: WireMessage) =>
    keyring.hash([chat], `secret of ${whatsApp}`).pipe(
      Effect.map((hidden) => createHash("sha256").update(hidden).digest()),
      Effect.mapError(({ message }) => failed(message))
    )

  const placed = Effect.fnUntraced(function* (message: WireMessage, socket: OpenSocket) {
    const { chat, quotes, sender, wire } = message
    const to = yield* recipientOf(keyring, socket, chat)
    const answered =
      quotes === undefined || sender === undefined
        ? undefined
        : yield* answeredIn(keyring, groups, socket, to, sender)
    if (answered === undefined && (wire === "reaction" || wire === "unreact" || wire === "delete"))
      return yield* failed("nothing is known any more of who sent the message that it is about", true)
    const uploaded =
      message.media === undefined
        ? undefined
        : yield* uploadMedia(options.mediaFolder, message.media, message.text, socket)
    const content = contentOf(message, {
      ...to,
      ...(uploaded === undefined ? {} : { uploaded }),
      ...(answered === undefined ? {} : { answered }),
      mentioned: yield* mentionedIn(keyring, groups, socket, to, message.mentions ?? []),
      secret: yield* secretOf(message),
      now: now()
    })
    return { jid: to.jid, content }
  })

  /** Baileys answers once it has written, and its ratchet is kept. What it began is not called back. */
  const relay = (socket: OpenSocket, whatsApp: string, jid: string, { attributes, message }: WireContent) =>
    Effect.suspend(() => {
      if (!socket.isOurs())
        return Effect.fail(failed("another process has taken the session over: nothing was written"))
      outcomes.note(whatsApp, { is: "leaving", at: now() })
      const writing = socket
        .relayMessage(jid, message, { messageId: whatsApp, additionalAttributes: attributes })
        .finally(() => outcomes.note(whatsApp, { is: "written", at: now() }))
      return Effect.tryPromise({
        try: () => writing,
        catch: (error) =>
          failed(`it could not be written: ${error instanceof Error ? error.message : String(error)}`)
      })
    })

  const transmit = Effect.fnUntraced(function* (message: WireMessage) {
    const { whatsApp } = message
    const socket = yield* session.socket
    if (socket === undefined) return yield* failed("WhatsApp is not connected")
    if (message.wire === "admit") return yield* admit(keyring, socket, message)
    const { content, jid } = yield* placed(message, socket)
    const answer = acknowledgements.expect(whatsApp)
    yield* relay(socket, whatsApp, jid, content).pipe(
      // An acknowledgement says more than a write that failed after it.
      Effect.catch((error) => (outcomes.isTaken(whatsApp) ? Effect.void : Effect.fail(error))),
      Effect.andThen(Deferred.await(answer)),
      Effect.timeoutOrElse({
        duration: ackMillisMax,
        orElse: () =>
          Effect.fail(failed(`WhatsApp did not acknowledge the message within ${ackMillisMax} ms`))
      }),
      Effect.ensuring(Effect.sync(() => acknowledgements.forget(whatsApp, answer)))
    )
  })

  /** A receiver may ask again before the connection counts as open. */
  const openSoon = Effect.gen(function* () {
    const socket = yield* session.socket
    if (socket !== undefined) return socket
    opening.closeUnsafe()
    yield* Effect.timeoutOption(opening.await, openMillisMax)
    return yield* session.socket
  })

  /**
   * A receiver that cannot read a message asks for it within milliseconds, when the actor may not have folded yet
   * that it was said: what this process wrote is asked for again until it has.
   */
  const untilFolded = Effect.fnUntraced(function* (
    id: WhatsAppId,
    tell: Effect.Effect<WireMessage | undefined>
  ) {
    for (let times = 0; ; times++) {
      const message = yield* tell
      if (message !== undefined || times === foldedTimesMax || !outcomes.isKnown(id)) return message
      yield* Effect.sleep(foldedAgainMillis)
    }
  })

  const retell = (tell: (whatsApp: WhatsAppId) => Effect.Effect<WireMessage | undefined>) =>
    Effect.fnUntraced(function* (id: string | null | undefined) {
      const socket = yield* openSoon
      if (socket === undefined || !isOurId(id)) return undefined
      const message = yield* untilFolded(id, tell(id))
      if (message === undefined) return undefined
      return (yield* placed(message, socket)).content.message
    })

  return {
    transmit,
    has: (whatsApp) =>
      Effect.map(session.socket, (socket) =>
        socket?.wasTaken(whatsApp) === true ? "yes" : outcomes.has(whatsApp, lineOf(socket), now())
      ),
    closedUntil: (isCold) =>
      Effect.map(session.socket, (socket) => {
        if (socket === undefined) return Number.POSITIVE_INFINITY
        return isCold && cold.until() > now() ? cold.until() : undefined
      }),
    composing: yield* makeComposing(session.socket, keyring),
    news: Effect.map(PubSub.subscribe(news), Stream.fromSubscription),
    retells: (tell) => {
      const answer = retell(tell)
      return session.answerRetriesWith(({ id }) =>
        Effect.runPromise(Effect.orElseSucceed(answer(id), () => undefined))
      )
    }
  } satisfies GatewayService
})
