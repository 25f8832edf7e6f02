/** Who asks to join a group, asked of WhatsApp when somebody wants to know. */
import { Effect, Option } from "effect"
import { type Payload, Refused } from "../../contracts/command.ts"
import { GroupRequests } from "../../contracts/commands.ts"
import { answer, type Self } from "../../infra/actor/process-manager.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { kindOf } from "./incoming/jid.ts"
import { formsOf } from "./incoming/stanza.ts"
import { Session } from "./session/connection.ts"

const refused = (reason: Refused["reason"], message: string) =>
  new Refused({ command: GroupRequests.command, reason, message })

/** How long WhatsApp may take. */
const answerWithin = "5 seconds"

/** As much of a number as tells people of one group apart, and tells nobody who they are. */
const endingOf = (forms: ReadonlyArray<string>): string => {
  const named = forms.find((form) => kindOf(form) === "phone") ?? forms[0]!
  return named.replace(/@.*$/u, "").slice(-4)
}

export const groupRequests = answer(
  GroupRequests,
  // WhatsApp may be slow, and nothing waits for it.
  ({ chat }) => `${chat}/requests`,
  Effect.fnUntraced(function* ({ chat }: Payload<typeof GroupRequests>, self: Self<never>) {
    const keyring = yield* Keyring
    const session = yield* Effect.serviceOption(Session)
    const socket = Option.isSome(session) ? yield* session.value.socket : undefined
    const group = keyring
      .pseudonymsOf(chat)
      .flatMap(keyring.formsOf)
      .find((form) => kindOf(form) === "group")
    if (group === undefined)
      return yield* refused("invalid", "expected a group, found a chat of another kind")
    if (socket === undefined) return yield* refused("unavailable", "WhatsApp is not connected")
    const asking = yield* Effect.tryPromise(() => socket.groupRequestParticipantsList(group)).pipe(
      Effect.timeout(answerWithin),
      Effect.mapError(() =>
        refused(
          "unavailable",
          "WhatsApp does not say who asks to join: is the account an admin of the group?"
        )
      )
    )
    const people = yield* Effect.forEach(asking, (attributes) => {
      const forms = formsOf(socket.self, attributes["jid"], attributes["lid"], attributes["phone_number"])
      return forms === undefined
        ? Effect.succeed(undefined)
        : Effect.map(keyring.person(forms), (person) => ({ person, ending: endingOf(forms) }))
    }).pipe(Effect.mapError(({ message }) => refused("unavailable", message)))
    return {
      generation: self.generation,
      sequence: 0,
      people: people.filter((it) => it !== undefined)
    }
  })
)
