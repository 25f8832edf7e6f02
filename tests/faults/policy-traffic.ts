/**
 * A chat whose treatment is changed all the time, and whose members go on posting: each change is asked for until it
 * is acknowledged, and what is posted after that has to be treated by it, whatever dies meanwhile.
 */
import { Clock, Effect } from "effect"
import { keyOfMessage } from "../../actors/whatsapp/message-names.ts"
import { IngestMessages, MuteChat, SetChat, SetOverride, UnmuteChat } from "../../contracts/commands.ts"
import { type ChatId, hashOf, OverrideId, type PersonId } from "../../contracts/ids.ts"
import { linkId } from "../../contracts/link/link-id.ts"
import { ConsentChat, OptOutPerson } from "../../contracts/moderation-commands.ts"
import type { KeyringService } from "../../infra/keyring/keyring.ts"
import type { Posted } from "./laws.ts"
import type { Ask } from "./line.ts"

const chatName = "Moderated"
const by = "operator"
const hourMillis = 3_600_000
/** Far from the numbers of the other chats, so that no two links are of one host. */
const numbersFrom = 16_384

/** What is in force, as it was acknowledged. */
interface Force {
  consents: boolean
  bobIsOut: boolean
}

/** A message that was taken, as its sender knows it, and whether it may be kept. */
interface Said {
  readonly chat: ChatId
  readonly author: string
  readonly id: string
  readonly text: string
  readonly urls: ReadonlyArray<string>
  readonly isKept: boolean
  /** It names a link that was denied before. */
  readonly isDenied: boolean
}

export const makePolicyTraffic = (ask: Ask, isStopped: () => boolean, urlOf: (number: number) => string) => {
  const said: Array<Said> = []
  const force: Force = { consents: true, bobIsOut: false }
  let rounds = 0
  let count = 0

  const say = Effect.fnUntraced(function* (
    author: string,
    text: string,
    urls: ReadonlyArray<string>,
    isDenied = false
  ) {
    const id = `p${count++}`
    const message = { id, author, sentAt: 1_767_225_600_000 + count, text }
    const answer = yield* ask(({ bus }) =>
      bus.request(
        IngestMessages,
        { gateway: "sandbox", chatName, admins: ["Ada"], messages: [message] },
        `policy-${id}`
      )
    )
    if (answer === undefined) return undefined
    const isCommand = text.startsWith("!wadjet")
    const isKept = isCommand || (force.consents && !(author === "Bob" && force.bobIsOut))
    said.push({ chat: answer.chat, author, id, text, urls, isKept, isDenied })
    return answer.chat
  })

  const posts = Effect.fnUntraced(function* (author: string) {
    const url = urlOf(numbersFrom + count)
    yield* say(author, `look ${url} (${count})`, [url])
  })

  /** A host that nothing is known of is held to be dangerous from then on. */
  const denies = Effect.fnUntraced(function* (chat: ChatId, round: number) {
    const host = `harmless-${round}.example`
    const override = OverrideId.make(`01941f29-7c00-7000-8000-${hashOf("deny", round).slice(0, 12)}`)
    yield* ask(({ bus }) =>
      bus.request(SetOverride, { override, chat, match: "host", pattern: host, effect: "deny", by })
    )
    const url = `http://${host}/a`
    yield* say("Cem", `look ${url} (${count})`, [url], true)
  })

  /** One after the other, so that each is in force for what is posted before the next. */
  const changes: ReadonlyArray<(chat: ChatId, round: number) => Effect.Effect<unknown>> = [
    (chat) => consent(chat, false),
    (chat) => consent(chat, true),
    denies,
    (chat) => optOut(chat, true),
    (chat) => optOut(chat, false),
    (_, round) => say("Ada", `!wadjet deny typed-${round}.example`, []),
    (chat) =>
      ask(({ bus }) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) =>
          bus.request(MuteChat, { chat, until: now + hourMillis, by })
        )
      ),
    (chat) =>
      ask(({ bus }) =>
        bus.request(UnmuteChat, { chat, by }).pipe(
          // It was done before its answer got lost.
          Effect.catchTag("Refused", (refused) =>
            refused.reason === "already-done" ? Effect.succeed({}) : Effect.fail(refused)
          )
        )
      ),
    (chat) => ask(({ bus }) => bus.request(SetChat, { chat, change: { enabled: "off" }, by })),
    (chat) => ask(({ bus }) => bus.request(SetChat, { chat, change: { enabled: null }, by }))
  ]

  const consent = (chat: ChatId, given: boolean) =>
    ask(({ bus }) => bus.request(ConsentChat, { chat, given, by })).pipe(
      Effect.tap(() => Effect.sync(() => void (force.consents = given)))
    )

  const optOut = (chat: ChatId, out: boolean) =>
    ask(({ bus, keyring }) =>
      Effect.flatMap(bobOf(keyring, chat), (person) => bus.request(OptOutPerson, { chat, person, out, by }))
    ).pipe(Effect.tap(() => Effect.sync(() => void (force.bobIsOut = out))))

  /** The next change waits for what was posted under the one before it. */
  const round = Effect.fnUntraced(function* (chat: ChatId) {
    yield* changes[rounds % changes.length]!(chat, rounds)
    if (!isStopped()) yield* Effect.all([posts("Bob"), posts("Cem")], { discard: true })
    rounds += 1
  })

  const bobOf = (keyring: KeyringService, chat: ChatId): Effect.Effect<PersonId> =>
    Effect.orDie(keyring.person([`sandbox:${chat}/Bob`]))

  const postedOf = Effect.fnUntraced(function* (keyring: KeyringService, it: Said) {
    const sender: PersonId = yield* keyring.person([`sandbox:${it.chat}/${it.author}`])
    const message = yield* keyOfMessage(keyring, it.chat, sender, it.id)
    const links = it.urls.map((url) => linkId(keyring.linkKeys([]).current, url))
    return { chat: it.chat, message, text: it.text, links } satisfies Posted
  }, Effect.orDie)

  const postedWhere = (keyring: KeyringService, holds: (it: Said) => boolean) =>
    Effect.forEach(said.filter(holds), (it) => postedOf(keyring, it))

  return {
    run: Effect.gen(function* () {
      const chat = yield* say("Bob", "hello", [])
      if (chat === undefined) return
      while (!isStopped()) yield* round(chat)
    }),
    /** What had to be kept, what must not be, and what is dangerous because it was denied before it was posted. */
    posted: (keyring: KeyringService) =>
      Effect.all({
        kept: postedWhere(keyring, ({ isKept }) => isKept),
        withheld: postedWhere(keyring, ({ isKept }) => !isKept),
        denied: postedWhere(keyring, ({ isDenied, isKept }) => isDenied && isKept)
      }),
    rounds: () => rounds
  }
}
