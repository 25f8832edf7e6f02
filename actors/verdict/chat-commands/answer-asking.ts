/** Answers that need another actor: who asks to join, and the connection to WhatsApp. */
import { Effect } from "effect"
import { GroupRequests, ReconnectSession, SessionStatus } from "../../../contracts/commands.ts"
import { outboxId } from "../../../contracts/ids.ts"
import { unclickable } from "../../../contracts/link/unclickable.ts"
import { OutboxQueued } from "../../../contracts/outbox.ts"
import { CommandBus } from "../../../infra/command-bus/command-bus.ts"
import { type Answer, type Asked, byOf, done, refused } from "./asked.ts"
import type { ChatCommand } from "./parse.ts"
import { latinDigits } from "./spelling.ts"

/** As many people as one message lists. */
const shownMax = 20

/** How many digits of a number name somebody in a group, where nobody's whole number is to be read. */
const endingDigits = 4

/** Lets them in, once, whoever answers the command. */
const admission = ({ given }: Asked, people: ReadonlyArray<string>) =>
  OutboxQueued({
    chat: given.chat,
    outbox: outboxId(`admission/${given.message}`, given.chat, 0),
    gateway: given.gateway,
    kind: "admission",
    priority: "notice",
    message: given.message,
    sender: given.sender,
    standalone: true,
    body: { text: people.join("\n") }
  })

/** Without a member it lists who asks; members go by the last digits of their numbers. */
export const approve = Effect.fnUntraced(function* (
  { member }: Extract<ChatCommand, { readonly command: "approve" }>,
  asked: Asked
) {
  const { given, isGroup, words } = asked
  if (!isGroup) return refused(words.notAGroup)
  const asking = yield* (yield* CommandBus).request(GroupRequests, { chat: given.chat }).pipe(Effect.option)
  if (asking._tag === "None") return refused(words.unavailable)
  const { people } = asking.value
  if (people.length === 0) return done(words.nonePending)
  if (member === undefined)
    return done(
      words.pending(
        people.slice(0, shownMax).map(({ ending }) => `…${ending}`),
        Math.max(0, people.length - shownMax)
      )
    )
  const digits = latinDigits(member).replaceAll(/\D/gu, "").slice(-endingDigits)
  const meant =
    member.toLowerCase() === "all" || member === "الكل"
      ? people
      : people.filter(({ ending }) => digits.length === endingDigits && ending === digits)
  if (meant.length === 0) return refused(words.notPending(unclickable(member.slice(0, 40))))
  return done(
    words.approving(meant.length),
    admission(
      asked,
      meant.map(({ person }) => person)
    )
  )
})

const alone = ({ isGroup, words }: Asked): Answer | undefined =>
  isGroup ? { outcome: "not-allowed", text: words.notAllowed.operator } : undefined

/** A code lets whoever has it in: it never goes to a chat. */
export const pair = (asked: Asked): Answer => alone(asked) ?? done(asked.words.pair)

export const pairStatus = Effect.fnUntraced(function* (asked: Asked) {
  const elsewhere = alone(asked)
  if (elsewhere !== undefined) return elsewhere
  const status = yield* (yield* CommandBus).request(SessionStatus, {}).pipe(Effect.option)
  return status._tag === "None"
    ? refused(asked.words.unavailable)
    : done(asked.words.pairStatus(status.value.session?.state ?? "unlinked"))
})

export const pairReset = Effect.fnUntraced(function* (asked: Asked) {
  const elsewhere = alone(asked)
  if (elsewhere !== undefined) return elsewhere
  const bus = yield* CommandBus
  // The same request each time: a command that is answered again connects anew once.
  const again = yield* bus
    .request(ReconnectSession, { by: byOf(asked) }, `command/${asked.given.message}`)
    .pipe(Effect.option)
  return again._tag === "None" ? refused(asked.words.unavailable) : done(asked.words.pairReset)
})
