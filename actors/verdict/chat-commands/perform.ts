/** Answering a command: who asks, what they ask for, and whether they may; then what follows, all in one commit. */
import { Clock, Effect } from "effect"
import type { RecordedOf } from "../../../contracts/catalogue.ts"
import { CommandAnswered, type CommandName, commandRules } from "../../../contracts/chat-command.ts"
import { outboxId } from "../../../contracts/ids.ts"
import type { Said } from "../../../contracts/message.ts"
import { OutboxQueued } from "../../../contracts/outbox.ts"
import { unclickable } from "../../../contracts/link/unclickable.ts"
import type { Performed, Reason, Self } from "../../../infra/actor/process-manager.ts"
import type { Work } from "../../../infra/actor/state.ts"
import { Keyring, type KeyringService } from "../../../infra/keyring/keyring.ts"
import { policyOf } from "../chats.ts"
import { isOperator, OperatorNumbers } from "../operator-numbers.ts"
import { answerCommand } from "./answer.ts"
import { type Answer, type Asked, type CommandFact } from "./asked.ts"
import { administers } from "./fold.ts"
import { type Flood, floodBy, isObeyedSilently } from "./flood.ts"
import { given as givenCommands, type Given } from "./model.ts"
import { type Misunderstood, type Parsed, parseCommand } from "./parse.ts"
import { mayGive, roleOf } from "./permission.ts"
import { wordsIn } from "./words/words.ts"

/** How long a command in a group waits until it is known who administers it: WhatsApp is asked when a group is new. */
const adminsWaitMillis = 30_000
/** How often it is looked. */
const adminsLookMillis = 500

const misunderstood = (it: Misunderstood, { words }: Asked): Answer => ({
  outcome: "not-understood",
  text:
    it.is === "unknown"
      ? words.unknown(unclickable(it.found), it.nearest)
      : words.unexpected[it.expected](it.command, it.found === "" ? "…" : unclickable(it.found))
})

const notAllowed = (command: CommandName, { words }: Asked): Answer => ({
  outcome: "not-allowed",
  text: commandRules[command] === "operator" ? words.notAllowed.operator : words.notAllowed.admin
})

const isGroupChat = (keyring: KeyringService, { chat }: Given): boolean =>
  keyring
    .pseudonymsOf(chat)
    .flatMap(keyring.formsOf)
    .some((form) => form.endsWith("@g.us"))

/** The command, where it was understood and allowed, and the answer to it. */
const decideOn = Effect.fnUntraced(function* (parsed: Parsed, asked: Asked) {
  if ("is" in parsed) {
    const answer = misunderstood(parsed, asked)
    return parsed.is === "unknown" ? { answer } : { command: parsed.command, answer }
  }
  const { command } = parsed
  const { settings } = policyOf(asked.self.state, asked.given.chat)
  const answer = mayGive(asked.role, command, settings.adminsOnlyCommands)
    ? yield* answerCommand(parsed, asked)
    : notAllowed(command, asked)
  return { command, answer }
})

/** What comes of a command that is one of too many. */
const tooMany = (flood: Flood, { moment, words }: Asked): Answer =>
  flood.is === "silent"
    ? { outcome: "too-many" }
    : { outcome: "too-many", text: words.tooMany(moment(flood.until)), until: flood.until }

const withoutText = ({ text: _text, ...answer }: Answer): Answer => answer

const decide = Effect.fnUntraced(function* (asked: Asked) {
  const parsed = parseCommand(asked.said.text)
  const { given, now, role, self } = asked
  const flood = floodBy(self.state, given, role, now)
  if (flood === undefined) return yield* decideOn(parsed, asked)
  const named = "is" in parsed && parsed.is === "unknown" ? {} : { command: parsed.command }
  if ("is" in parsed || !isObeyedSilently(parsed.command)) return { ...named, answer: tooMany(flood, asked) }
  return { ...named, answer: withoutText((yield* decideOn(parsed, asked)).answer) }
})

/** The answer replies to the command, under an id that is the same whoever answers it, and however often. */
const replyTo = ({ given, said }: Asked, text: string): CommandFact =>
  OutboxQueued({
    chat: given.chat,
    outbox: outboxId(`command/${given.message}`, given.chat, 0),
    gateway: given.gateway,
    kind: "text",
    priority: "notice",
    message: given.message,
    sender: given.sender,
    standalone: true,
    body: { text, ...(said.whatsAppId === "" ? {} : { quotes: said.whatsAppId }) }
  })

const finish = Effect.fnUntraced(function* (
  reason: Reason,
  asked: Asked,
  command: CommandName | undefined,
  { facts = [], outcome, text, until }: Answer
) {
  const { given, role, self } = asked
  const { chat, message, sender } = given
  yield* self.append(reason, `command:${message}`, [
    CommandAnswered({
      chat,
      message,
      sender,
      role,
      ...(command === undefined ? {} : { command }),
      outcome,
      ...(until === undefined ? {} : { until })
    }),
    ...facts,
    ...(text === undefined ? [] : [replyTo(asked, text)])
  ])
})

/** A command whose words were forgotten before it was answered is never answered. */
const forgotten = ({ chat, message, sender }: Given): CommandFact =>
  CommandAnswered({ chat, message, sender, role: "member", outcome: "refused" })

const askedOf = Effect.fnUntraced(function* (
  given: Given,
  event: RecordedOf<"message.received">,
  said: Said,
  self: Self<CommandFact>
) {
  const keyring = yield* Keyring
  const now = yield* Clock.currentTimeMillis
  const isGroup = isGroupChat(keyring, given)
  const isAdmin = administers(self.state, given.chat, given.sender)
  const forms = keyring.pseudonymsOf(given.sender).flatMap(keyring.formsOf)
  const standing = {
    isOperator: given.own === true || isOperator(yield* OperatorNumbers, forms),
    // A chat without admins is one with them alone.
    isAdmin: isAdmin ?? !isGroup
  }
  const waits = isGroup && isAdmin === undefined && !standing.isOperator
  const asked: Asked = {
    given,
    event,
    said,
    role: roleOf(standing),
    isGroup,
    self,
    keyring,
    now,
    ...wordsIn(self.state, given.chat)
  }
  return { asked, waits: waits && now < event.time + adminsWaitMillis }
})

/** What only an admin may do waits until it is known who is one. */
const needsAdmin = (given: RecordedOf<"message.received">["data"]["command"]): boolean =>
  given !== undefined && given !== "unknown" && commandRules[given] !== "member"

export const performCommand = Effect.fnUntraced(function* (work: Work, self: Self<CommandFact>) {
  const [, chat, message] = work.key.split("/")
  const given = self.state.get(givenCommands, `${chat}/${message}`)
  const event = given === undefined ? undefined : yield* self.event(given.sequence)
  if (given === undefined || event?.type !== "message.received") return undefined as Performed
  const reason = { cause: work.cause, correlation: work.correlation }
  const said = (yield* Keyring).open<Said>(event.data.said)
  if (said === null) {
    yield* self.append(reason, `command:${message}`, [forgotten(given)])
    return undefined
  }
  const { asked, waits } = yield* askedOf(given, event, said, self)
  if (waits && needsAdmin(event.data.command)) return { later: asked.now + adminsLookMillis }
  const { answer, command } = yield* decide(asked)
  yield* finish(reason, asked, command, answer)
  return undefined
})
