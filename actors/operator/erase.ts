/** `wadjet erase`: forgetting a person or a chat, for ever. */
import { existsSync } from "node:fs"
import { join, resolve } from "node:path"
import { Effect, Option, Schema } from "effect"
import { RequestErasure } from "../../contracts/commands.ts"
import { ChatId, PersonId } from "../../contracts/ids.ts"
import { CommandBus } from "../../infra/command-bus/command-bus.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { sqliteKeyring } from "../../infra/keyring/sqlite-keyring.ts"
import { pinoLogger } from "../../infra/telemetry/logger.ts"
import { OperatorFailed } from "./failure.ts"
import { Host } from "./host.ts"
import { Output } from "./output.ts"
import { reachSystem } from "./reach.ts"
import { counted } from "./words.ts"

export interface EraseInput {
  readonly kind: "chat" | "person"
  readonly token: string
  readonly yes: boolean
  readonly json: boolean
}

const schemas = { chat: ChatId, person: PersonId } as const

const subjectOf = Effect.fnUntraced(function* ({ kind, token }: EraseInput) {
  const subject = Option.getOrUndefined(Schema.decodeUnknownOption(schemas[kind])(token))
  if (subject !== undefined) return subject
  return yield* new OperatorFailed({
    what: `"${token}" is no ${kind}`,
    why: `expected a token: ${kind === "chat" ? "c" : "p"} and 6 to 31 letters and digits`,
    next: "Tokens are in the events: `wadjet events tail --context message`, then `wadjet events show SEQUENCE --open`.",
    exit: "usage"
  })
})

/** What the keyring knows, without starting anything. */
const formsOf = Effect.fnUntraced(function* (dataFolder: string, subject: ChatId | PersonId) {
  const path = join(dataFolder, "keyring.db")
  if (!existsSync(path)) return []
  return yield* Effect.map(Keyring, (keyring) => keyring.formsOf(subject)).pipe(
    Effect.provide(sqliteKeyring(path))
  )
})

const eraseNow = Effect.fnUntraced(function* (input: EraseInput) {
  const config = yield* Host.config
  const output = yield* Output
  const { json, kind, token, yes } = input
  const subject = yield* subjectOf(input)
  const forms = yield* formsOf(resolve(config.dataFolder), subject)
  if (forms.length === 0)
    return yield* new OperatorFailed({
      what: `No ${kind} is known as ${token}`,
      why: "the keyring of this data folder does not hold it, or it was forgotten before",
      next: "Tokens are in the events: `wadjet events tail --context message`."
    })
  if (!yes) {
    if (json) return yield* output.json({ subject, erased: false, known: forms.length })
    yield* output.line(
      `Would forget the ${kind} ${token}, known by ${counted(forms.length, "name or number", "names or numbers")}.`
    )
    return yield* output.line(
      "Nothing was done. Add --yes to do it: the keys are destroyed, and nobody can bring the words back."
    )
  }
  const system = yield* reachSystem(config)
  const ask = Effect.flatMap(CommandBus, (bus) => bus.request(RequestErasure, { subject, by: "operator" }))
  const erased = yield* Effect.raceFirst(Effect.provideContext(ask, system.context), system.stopped)
  if (json) return yield* output.json({ subject, erased: true, ...erased })
  return yield* output.line(
    `Forgotten: ${counted(erased.keysDestroyed, "key")} and ${counted(erased.mappingsDestroyed, "name or number", "names or numbers")} destroyed (event ${erased.sequence}). The log keeps its shape; their words are gone from it.`
  )
})

/** Forgets a person or a chat; without `yes`, only says what would be forgotten. */
export const erase = Effect.fn("erase")(function* (input: EraseInput) {
  const { logLevel } = yield* Host.config
  yield* Effect.scoped(eraseNow(input)).pipe(Effect.provide(pinoLogger(logLevel)))
})
