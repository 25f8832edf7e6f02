/** `wadjet consent`: whether chats agreed to be read, and whether that is asked of them. */
import { Effect, Option, Schema } from "effect"
import { ChatId, PersonId } from "../../contracts/ids.ts"
import { ConsentChat, OptOutPerson, RequireConsent } from "../../contracts/moderation-commands.ts"
import { CommandBus } from "../../infra/command-bus/command-bus.ts"
import { everyRow } from "../../projections/paging.ts"
import { ReadModels, type ReadModelsService } from "../../projections/reader.ts"
import { OperatorFailed } from "./failure.ts"
import { knownChat } from "./known-chat.ts"
import { Output } from "./output.ts"
import { withSystem } from "./with-system.ts"
import { counted } from "./words.ts"

const usage = (what: string, why: string) =>
  new OperatorFailed({ what, why, next: "`wadjet consent --help` shows how.", exit: "usage" })

const chatOf = (text: string) =>
  Option.match(Schema.decodeUnknownOption(ChatId)(text), {
    onSome: Effect.succeed,
    onNone: () =>
      Effect.fail(usage(`"${text}" is no chat`, "expected a chat's id: c and 6 to 31 letters and digits"))
  })

const personOf = (text: string) =>
  Option.match(Schema.decodeUnknownOption(PersonId)(text), {
    onSome: Effect.succeed,
    onNone: () =>
      Effect.fail(usage(`"${text}" is no person`, "expected a person's id: p and 6 to 31 letters and digits"))
  })

const second = (millis: number) => new Date(millis).toISOString().replace(/\.\d{3}Z$/u, "Z")

const ruleLine = (required: boolean): string =>
  required ? "Chats are read only once they agreed." : "Chats are read unless they withdrew their consent."

const statusOf = ({ consent }: ReadModelsService, chat: ChatId) => {
  const required = consent.isRequired()
  const said = consent.of(chat)
  return {
    required,
    chat,
    isRead: said?.given ?? !required,
    given: said?.given ?? null,
    by: said?.by ?? null,
    since: said?.since ?? null,
    optOuts: consent.optOuts(chat)
  }
}

const chatLine = ({ by, given, isRead, since }: Omit<ReturnType<typeof statusOf>, "chat">): string => {
  const reading = isRead ? "is read" : "is not read"
  if (given === null || since === null) return `It ${reading}: it said nothing about consent.`
  return `It ${reading}: consent was ${given ? "given" : "withdrawn"} ${second(since)} by ${by}.`
}

export interface StatusInput {
  readonly chat: Option.Option<string>
  readonly json: boolean
}

/** Says what holds in one chat, or in all that said anything. */
export const consentStatus = Effect.fn("consentStatus")(function* ({ chat: typed, json }: StatusInput) {
  const output = yield* Output
  if (Option.isSome(typed)) {
    const chat = yield* chatOf(typed.value)
    const status = yield* withSystem(
      Effect.flatMap(ReadModels, (models) => Effect.as(knownChat(models, chat), statusOf(models, chat)))
    )
    if (json) return yield* output.json(status)
    yield* output.line(ruleLine(status.required))
    yield* output.line(chatLine(status))
    return yield* Effect.forEach(
      status.optOuts,
      ({ person, since }) => output.line(`${person} opted out ${second(since)}.`),
      { discard: true }
    )
  }
  const { chats, required } = yield* withSystem(
    Effect.map(ReadModels, ({ consent }) => ({
      required: consent.isRequired(),
      chats: everyRow(consent.list).map(({ cursor: _cursor, ...row }) => row)
    }))
  )
  if (json) return yield* output.json({ required, chats })
  yield* output.line(ruleLine(required))
  yield* output.line(`${counted(chats.length, "chat")} said anything about it.`)
  return yield* Effect.forEach(
    chats,
    ({ by, chat, given, since }) =>
      output.line(`${chat}  ${given ? "given    " : "withdrawn"}  ${second(since)}  ${by}`),
    { discard: true }
  )
})

/** A request that changes nothing is answered with sequence 0. */
const sayDone = Effect.fnUntraced(function* (
  placed: { readonly generation: string; readonly sequence: number },
  json: boolean,
  done: string
) {
  const output = yield* Output
  if (json) return yield* output.json(placed)
  return yield* output.line(
    placed.sequence === 0 ? "It is so already." : `${done} (event ${placed.sequence}).`
  )
})

/** Gives or withdraws a chat's consent in its name. */
export const sayConsent = Effect.fn("sayConsent")(function* (input: {
  readonly chat: string
  readonly given: boolean
  readonly json: boolean
}) {
  const { given, json } = input
  const chat = yield* chatOf(input.chat)
  const placed = yield* withSystem(
    Effect.gen(function* () {
      yield* knownChat(yield* ReadModels, chat)
      return yield* (yield* CommandBus).request(ConsentChat, { chat, given, by: "operator" })
    })
  )
  return yield* sayDone(
    placed,
    json,
    given ? `The chat ${chat} is read from now on` : `The chat ${chat} is not read any more`
  )
})

/** Has what somebody says in a chat not read any more, or read again. */
export const sayOptOut = Effect.fn("sayOptOut")(function* (input: {
  readonly chat: string
  readonly person: string
  readonly out: boolean
  readonly json: boolean
}) {
  const { json, out } = input
  const chat = yield* chatOf(input.chat)
  const person = yield* personOf(input.person)
  const placed = yield* withSystem(
    Effect.gen(function* () {
      yield* knownChat(yield* ReadModels, chat)
      return yield* (yield* CommandBus).request(OptOutPerson, { chat, person, out, by: "operator" })
    })
  )
  return yield* sayDone(
    placed,
    json,
    out
      ? `What ${person} says in ${chat} is not read any more`
      : `What ${person} says in ${chat} is read again`
  )
})

/** Says whether chats are read only once they agreed. */
export const requireConsent = Effect.fn("requireConsent")(function* ({
  json,
  required
}: {
  readonly required: boolean
  readonly json: boolean
}) {
  const placed = yield* withSystem(
    Effect.flatMap(CommandBus, (bus) => bus.request(RequireConsent, { required, by: "operator" }))
  )
  return yield* sayDone(placed, json, ruleLine(required).slice(0, -1))
})
