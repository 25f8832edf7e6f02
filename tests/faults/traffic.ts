/** People who post links, and ask again until they are answered, whatever dies meanwhile. */
import { Clock, Deferred, Effect, Option } from "effect"
import { keyOfMessage } from "../../actors/whatsapp/message-names.ts"
import { CancelMessage, IngestMessages, SendMessage, SetChat } from "../../contracts/commands.ts"
import type { ChatId, PersonId } from "../../contracts/ids.ts"
import { linkId } from "../../contracts/link/link-id.ts"
import type { KeyringService } from "../../infra/keyring/keyring.ts"
import type { Posted } from "./laws.ts"
import type { Ask, Line } from "./line.ts"
import { makePolicyTraffic } from "./policy-traffic.ts"

/** How long a poster waits when nobody answers. */
const askAgainMillis = 20
/** About as long as an answer takes, so that regrets come just in time or just too late. */
const regretMillis = 5

/** Malicious by its structure alone, and another host each time, so that no two warnings are alike. */
export const maliciousUrl = (number: number) =>
  `http://198.18.${(number >> 8) & 255}.${number & 255}/paypal.com/login.php?n=${number}`
const benignUrl = (number: number) => `https://example.com/news/${number}`

/** Most messages carry a dangerous link; some a harmless one too, some none. */
const linksIn = (number: number): ReadonlyArray<string> => {
  if (number % 7 === 6) return []
  return number % 5 === 4 ? [maliciousUrl(number), benignUrl(number)] : [maliciousUrl(number)]
}

/** A message that was taken, as its sender knows it. */
interface Answered {
  readonly chat: ChatId
  readonly author: string
  readonly id: string
  readonly text: string
  readonly urls: ReadonlyArray<string>
}

export const makeTraffic = (chats: ReadonlyArray<string>) => {
  let line: Line | undefined
  let connected = Deferred.makeUnsafe<void>()
  let stopped = false
  let count = 0
  const posted: Array<Answered> = []
  const cancelled = new Set<string>()
  const left = new Set<string>()
  const finished = Deferred.makeUnsafe<void>()

  /** A refusal is an answer only where it is final. */
  const ask: Ask = <A, E extends { readonly _tag: string; readonly reason?: string }>(
    request: (line: Line) => Effect.Effect<A, E>
  ): Effect.Effect<A | undefined> =>
    Effect.gen(function* () {
      while (!stopped || line !== undefined) {
        if (line === undefined) yield* Deferred.await(connected)
        const now: Line | undefined = line
        if (now === undefined) continue
        const asking = Effect.map(Effect.option(request(now)), Option.getOrUndefined)
        const answer = yield* Effect.raceFirst(asking, Effect.as(now.cut, undefined))
        if (answer !== undefined) return answer
        yield* Effect.sleep(askAgainMillis)
      }
      return undefined
    })

  /** Says something a little later, and takes it back at about that time: either comes in time, and not both. */
  const sayAndRegret = Effect.fnUntraced(function* (chat: ChatId, number: number) {
    const notBefore = (yield* Clock.currentTimeMillis) + (number % 3) * regretMillis
    const words = { text: `good morning ${number}`, priority: "bulk", by: "operator", notBefore } as const
    const said = yield* ask(({ bus }) =>
      bus.request(SendMessage, { chat, request: `bulk-${number}`, ...words }, `send-${number}`)
    )
    if (said === undefined) return
    const answer = yield* ask(({ bus }) =>
      bus.request(CancelMessage, { outbox: said.outbox, by: "operator" }, `cancel-${number}`).pipe(
        Effect.as("cancelled"),
        Effect.catchTag("Refused", (refused) => {
          if (refused.reason === "already-left") return Effect.succeed("left")
          // It was done before its answer got lost.
          return refused.reason === "already-done" ? Effect.succeed("cancelled") : Effect.fail(refused)
        })
      )
    )
    if (answer === "cancelled") cancelled.add(said.outbox)
    if (answer === "left") left.add(said.outbox)
  })

  const postOne = Effect.fnUntraced(function* (chatName: string) {
    const number = count++
    const urls = linksIn(number)
    const text = `look ${urls.join(" and ")} (${number})`
    const message = { id: `m${number}`, author: `Member ${number}`, sentAt: 1_767_225_600_000 + number, text }
    const answer = yield* ask(({ bus }) =>
      bus.request(IngestMessages, { gateway: "sandbox", chatName, messages: [message] }, `post-${number}`)
    )
    if (answer === undefined) return
    posted.push({ chat: answer.chat, author: message.author, id: message.id, text, urls })
    if (number % 4 === 3) yield* sayAndRegret(answer.chat, number)
  })

  const policy = makePolicyTraffic(ask, () => stopped, maliciousUrl)

  /** Words each time: what is said is told apart by its words. */
  const wordsEachTime = ask(({ bus }) =>
    bus.request(SetChat, { change: { "cooldown-minutes": "0" }, by: "operator" })
  )

  const posting = Effect.forEach(
    chats,
    (chat) => Effect.whileLoop({ while: () => !stopped, body: () => postOne(chat), step: () => {} }),
    { concurrency: "unbounded", discard: true }
  )

  return {
    /** Posts in all chats at once, one message after the other in each, until stopped. */
    run: wordsEachTime.pipe(
      Effect.andThen(Effect.all([posting, policy.run], { concurrency: "unbounded", discard: true })),
      Effect.andThen(Deferred.succeed(finished, undefined))
    ),
    /** The chat whose treatment changes. */
    policy,
    /** Answers once everybody has stopped. */
    finished: Deferred.await(finished),
    connect: (to: Line) => {
      line = to
      Deferred.doneUnsafe(connected, Effect.void)
    },
    cut: () => {
      line = undefined
      connected = Deferred.makeUnsafe()
    },
    /** What was asked is still brought to its answer; nothing new is posted. */
    stop: () => {
      stopped = true
    },
    /** What was taken back in time, and what had left: each was acknowledged as that. */
    cancelled,
    left,
    /** Everything that was acknowledged, by the ids under which the log must hold it. */
    posted: (keyring: KeyringService): Effect.Effect<ReadonlyArray<Posted>> =>
      Effect.forEach(
        posted,
        Effect.fnUntraced(function* ({ author, chat, id, text, urls }) {
          const sender: PersonId = yield* keyring.person([`sandbox:${chat}/${author}`])
          const message = yield* keyOfMessage(keyring, chat, sender, id)
          return { chat, message, text, links: urls.map((url) => linkId(keyring.linkKeys([]).current, url)) }
        }, Effect.orDie)
      )
  }
}
export type Traffic = ReturnType<typeof makeTraffic>
