/** What an operator can ask of the session. */
import { Effect, Option } from "effect"
import { type CommandType, type Payload, Refused } from "../../../contracts/command.ts"
import {
  ForgetInSession,
  LinkSession,
  ReconnectSession,
  SessionStatus,
  UnlinkSession
} from "../../../contracts/commands.ts"
import { noHealth, riskNotice } from "../../../contracts/session.ts"
import { answer, type Self } from "../../../infra/actor/process-manager.ts"
import { Keyring } from "../../../infra/keyring/keyring.ts"
import { Session, type SessionRefusal, type SessionService } from "./connection.ts"

/** Commands about the session wait for one another and for nothing else. */
const lane = () => "session"

const refused = (command: CommandType, reason: Refused["reason"], message: string) =>
  new Refused({ command: command.command, reason, message })

/** The session of this process; a system that is composed without one (an import, a test) refuses. */
const sessionOf = (command: CommandType) =>
  Effect.flatMap(Effect.serviceOption(Session), (session) =>
    Option.isSome(session) && session.value.connects
      ? Effect.succeed(session.value)
      : Effect.fail(refused(command, "not-found", "this system does not connect to WhatsApp"))
  )

const asking =
  (command: CommandType, ask: (session: SessionService) => Effect.Effect<number, SessionRefusal>) =>
  (self: Pick<Self<never>, "generation">) =>
    Effect.flatMap(sessionOf(command), ask).pipe(
      Effect.map((sequence) => ({ generation: self.generation, sequence })),
      Effect.mapError((error) =>
        error._tag === "Refused" ? error : refused(command, error.reason, error.message)
      )
    )

const link = answer(
  LinkSession,
  lane,
  Effect.fnUntraced(function* (payload: Payload<typeof LinkSession>, self: Self<never>) {
    const { by, method, phone, riskAccepted } = payload
    if (!riskAccepted) return yield* refused(LinkSession, "invalid", riskNotice.join(" "))
    if ((method === "code") !== (phone !== undefined))
      return yield* refused(
        LinkSession,
        "invalid",
        "expected the number to link with the method code, and none with the method qr"
      )
    return yield* asking(LinkSession, (session) => session.link({ method, phone, by }))(self)
  })
)

const unlink = answer(UnlinkSession, lane, (_payload, self: Self<never>) =>
  asking(UnlinkSession, (session) => session.unlink)(self)
)

const reconnect = answer(ReconnectSession, lane, (_payload, self: Self<never>) =>
  asking(ReconnectSession, (session) => session.reconnect)(self)
)

const status = answer(
  SessionStatus,
  lane,
  Effect.fnUntraced(function* (_payload: Payload<typeof SessionStatus>, self: Self<never>) {
    const placed = { generation: self.generation, sequence: 0 }
    const found = yield* Effect.serviceOption(Session)
    if (Option.isNone(found) || !found.value.connects) return { ...placed, session: null, health: noHealth }
    return { ...placed, session: yield* found.value.state, health: yield* found.value.health }
  })
)

/**
 * Asked again after the subject was forgotten, nobody knows their forms any more, and nothing is left of them. A
 * system that is composed without a session keeps nothing of anybody there.
 */
const forget = answer(
  ForgetInSession,
  lane,
  Effect.fnUntraced(function* ({ subject }: Payload<typeof ForgetInSession>, self: Self<never>) {
    const keyring = yield* Keyring
    const placed = { generation: self.generation, sequence: 0 }
    const session = yield* Effect.serviceOption(Session)
    if (Option.isNone(session)) return { ...placed, dropped: 0 }
    const forms = keyring.pseudonymsOf(subject).flatMap(keyring.formsOf)
    const dropped = yield* session.value
      .forget(forms)
      .pipe(Effect.mapError(({ message, reason }) => refused(ForgetInSession, reason, message)))
    return { ...placed, dropped }
  })
)

export const sessionAnswers = [link, unlink, reconnect, forget, status]
