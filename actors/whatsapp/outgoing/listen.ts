/**
 * What gateways hear of our messages while nobody asks, to the log: claims of which nobody knew what became of
 * them, and how far messages came.
 */
import { Effect, Latch, type Scope, Stream } from "effect"
import type { Fact } from "../../../contracts/event.ts"
import { hashOf, type WhatsAppId } from "../../../contracts/ids.ts"
import {
  OutboxAcknowledged,
  type OutboxSent,
  type OutboxStepped,
  type ReceiptLevel
} from "../../../contracts/outbox.ts"
import type { ActError, Beside } from "../../../infra/actor/process-manager.ts"
import { Keyring } from "../../../infra/keyring/keyring.ts"
import { takenFact } from "../deliver.ts"
import { type GatewayNews, Gateways, type GatewayService } from "../gateway.ts"
import { outbox, type OutboxEntry, spoken } from "../model.ts"
import { isFurther } from "./receipt-level.ts"
import { spokenMessage } from "./wire-message.ts"

export const publishes = [OutboxAcknowledged] as const
type Published = Fact<typeof OutboxAcknowledged | typeof OutboxSent | typeof OutboxStepped>

/** How long receipts are gathered before they become facts: one for each chat, however many came. */
const gatherSeconds = 5

interface Receipt {
  readonly level: ReceiptLevel
  readonly at: number
  /** It was gathered for long enough that the claim of its message would be folded by now. */
  readonly isOld?: true
}

/** Receipts that are not in the log yet, the furthest of each message. */
type Gathered = Map<WhatsAppId, Receipt>

const waits = (what: string) => (error: ActError) =>
  Effect.logDebug(`${what} could not be recorded`, { error: error._tag, message: error.message })

/** A claim whose outcome came when nobody waited. Where it cannot be recorded now, the claim's own work does it. */
const settle = Effect.fnUntraced(function* (own: Beside<Published>, whatsApp: WhatsAppId, at: number) {
  const said = own.state.get(spoken, whatsApp)
  if (said === undefined) return
  const chat = own.state.get(outbox, said.outbox)?.chat
  if (chat === undefined) return
  const record = Effect.suspend(() => {
    const entry = own.state.get(outbox, said.outbox)
    const claim = entry?.claim
    if (entry?.status !== "claimed" || claim?.whatsApp !== whatsApp) return Effect.void
    const reason = { cause: `outcome:${whatsApp}`, correlation: entry.outbox }
    return Effect.asVoid(
      own
        .begin()
        .record(reason, `sent:${entry.outbox}:${claim.attempt}`, takenFact(entry, claim, at))
        .pipe(Effect.tap(({ sequence }) => own.begin().folded(sequence)))
    )
  })
  yield* Effect.catch(own.within(chat, record), waits("the outcome of a claim"))
})

/** What a message's step shows under its own id: a receipt for an edit or a revoke says nothing of its words. */
const entryOfWords = (own: Beside<Published>, whatsApp: WhatsAppId): OutboxEntry | undefined => {
  const said = own.state.get(spoken, whatsApp)
  return said?.wire === "text" || said?.wire === "media" ? own.state.get(outbox, said.outbox) : undefined
}

/** Of whatever it is: a receipt may come before the claim of its message is folded. */
const gather = (gathered: Gathered, { at, level, whatsApp }: GatewayNews & { news: "receipt" }) => {
  if (isFurther(level, gathered.get(whatsApp)?.level)) gathered.set(whatsApp, { level, at })
}

/**
 * Those that say something new of a message of ours. The others are gathered no longer, but for what came a moment ago
 * and may be of a message whose claim is not folded yet.
 */
const newsIn = (own: Beside<Published>, gathered: Gathered) =>
  [...gathered].flatMap(([whatsApp, receipt]) => {
    const entry = entryOfWords(own, whatsApp)
    if (entry !== undefined && isFurther(receipt.level, entry.level)) return [{ entry, receipt, whatsApp }]
    if (entry === undefined && receipt.isOld !== true) gathered.set(whatsApp, { ...receipt, isOld: true })
    else gathered.delete(whatsApp)
    return []
  })

/** What was gathered becomes one fact for each chat. What cannot be written now stays gathered. */
const flush = Effect.fnUntraced(function* (own: Beside<Published>, gathered: Gathered) {
  for (const [chat, news] of Map.groupBy(newsIn(own, gathered), ({ entry }) => entry.chat)) {
    const messages = news.map(({ entry, receipt: { at, level } }) => ({ outbox: entry.outbox, level, at }))
    const cause = `receipts:${hashOf(...messages.flatMap(({ level, outbox: id }) => [id, level]))}`
    yield* own
      .begin()
      .record({ cause, correlation: cause }, "acknowledged", OutboxAcknowledged({ chat, messages }))
      .pipe(
        Effect.tap(({ sequence }) => own.begin().folded(sequence)),
        Effect.andThen(
          Effect.sync(() => {
            for (const { receipt, whatsApp } of news)
              if (gathered.get(whatsApp) === receipt) gathered.delete(whatsApp)
          })
        ),
        Effect.catch(waits("receipts"))
      )
  }
})

/** One gateway's news, from the moment of subscribing. */
const follow = Effect.fnUntraced(function* (own: Beside<Published>, gateway: GatewayService) {
  const gathered: Gathered = new Map()
  const bell = Latch.makeUnsafe(false)
  const flushing = Effect.gen(function* () {
    yield* bell.await
    yield* Effect.sleep(`${gatherSeconds} seconds`)
    bell.closeUnsafe()
    yield* flush(own, gathered)
    if (gathered.size > 0) bell.openUnsafe()
  }).pipe(Effect.forever)
  yield* Effect.forkScoped(flushing)

  const keyring = yield* Keyring
  yield* (
    gateway.retells?.((whatsApp) =>
      spokenMessage(own.begin(), whatsApp).pipe(
        Effect.provideService(Keyring, keyring),
        Effect.orElseSucceed(() => undefined)
      )
    ) ?? Effect.void
  )

  const heard = (news: GatewayNews) => {
    switch (news.news) {
      case "open":
        return Effect.sync(own.wake)
      case "taken":
        return Effect.asVoid(Effect.forkChild(settle(own, news.whatsApp, news.at)))
      case "receipt":
        return Effect.sync(() => {
          gather(gathered, news)
          bell.openUnsafe()
        })
    }
  }
  if (gateway.news === undefined) return
  yield* Effect.forkScoped(Stream.runForEach(yield* gateway.news, heard))
  // Whatever opened before anybody listened is found open now.
  own.wake()
})

/** Runs beside the actor's work. Claims that were settled before it listened are found by their own work. */
export const listen = (
  own: Beside<Published>
): Effect.Effect<never, never, Gateways | Keyring | Scope.Scope> =>
  Effect.gen(function* () {
    const gateways = yield* Gateways
    yield* Effect.forEach(Object.values(gateways), (gateway) => follow(own, gateway))
    return yield* Effect.never
  })
