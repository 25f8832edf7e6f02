/** Whom a chat and a person are to WhatsApp at this moment: JIDs, from what the keyring and the session know. */
import { Effect } from "effect"
import type { ChatId, PersonId } from "../../../contracts/ids.ts"
import type { KeyringService } from "../../../infra/keyring/keyring.ts"
import { TransmitFailed } from "../gateway.ts"
import { type JidKind, kindOf } from "../incoming/jid.ts"
import { isSelf } from "../incoming/stanza.ts"
import type { OpenSocket } from "../session/connection.ts"
import type { Answered } from "./wire-content.ts"

/** The kind of JID that people have in a chat. */
type Addressing = "lid" | "phone"

export interface Recipient {
  readonly jid: string
  readonly isGroup: boolean
}

const unreachable = (message: string) => new TransmitFailed({ gateway: "whatsapp", final: true, message })

/** Where nobody can be answered: what is sent there goes to everybody, or is not for us to send. */
const mute: Partial<Record<JidKind, string>> = {
  broadcast: "a status is seen by everybody: no answer goes there",
  channel: "only its owners write in a channel"
}

/** The forms of whom a pseudonym stands for, though another one may have taken its place. */
const formsOf = <T extends ChatId | PersonId>(keyring: KeyringService, token: T) =>
  keyring.formsOf(keyring.pseudonymsOf(token)[0] ?? token)

const otherForm = (socket: OpenSocket, jid: string) =>
  Effect.orElseSucceed(
    Effect.tryPromise(() => socket.otherForm(jid)),
    () => undefined
  )

/** The form of one kind where it is known to anybody, else the one that there is. */
const formOf = Effect.fnUntraced(function* (
  socket: OpenSocket,
  forms: ReadonlyArray<string>,
  wanted: Addressing
) {
  const known = forms.find((form) => kindOf(form) === wanted)
  if (known !== undefined) return known
  const other = forms.find((form) => ["lid", "phone"].includes(kindOf(form)))
  if (other === undefined) return forms.find((form) => kindOf(form) === "bot")
  return (yield* otherForm(socket, other)) ?? other
})

/** A chat with a person goes by the LID wherever that is known, so that it stays one chat. */
export const recipientOf = Effect.fnUntraced(function* (
  keyring: KeyringService,
  socket: OpenSocket,
  chat: ChatId
): Effect.fn.Return<Recipient, TransmitFailed> {
  const forms = formsOf(keyring, chat)
  const group = forms.find((form) => kindOf(form) === "group")
  if (group !== undefined) return { jid: group, isGroup: true }
  const reason = forms.map((form) => mute[kindOf(form)]).find((found) => found !== undefined)
  if (reason !== undefined) return yield* unreachable(reason)
  const jid = yield* formOf(socket, forms, "lid")
  if (jid === undefined) return yield* unreachable("nothing is known any more of who is behind this chat")
  return { jid, isGroup: false }
})

/** How groups name their members: asked once per group and connection, and again once a group has changed. */
export interface Groups {
  readonly addressingOf: (socket: OpenSocket, group: string) => Effect.Effect<Addressing>
  readonly forget: (group?: string) => void
}

export const makeGroups = (): Groups => {
  const known = new Map<string, Addressing>()
  const ask = (socket: OpenSocket, group: string) =>
    Effect.tryPromise(() => socket.groupMetadata(group)).pipe(
      Effect.map(({ addressingMode }): Addressing => {
        const addressing = addressingMode === "pn" ? "phone" : "lid"
        known.set(group, addressing)
        return addressing
      }),
      // It is shown a little less well then: the message that it is about is found by its id.
      Effect.orElseSucceed((): Addressing => "lid")
    )
  return {
    addressingOf: (socket, group) =>
      Effect.suspend(() => {
        const addressing = known.get(group)
        return addressing === undefined ? ask(socket, group) : Effect.succeed(addressing)
      }),
    forget: (group) => (group === undefined ? known.clear() : void known.delete(group))
  }
}

/** How people are named where a message goes. */
const addressingIn = (
  groups: Groups,
  socket: OpenSocket,
  { isGroup, jid }: Recipient
): Effect.Effect<Addressing> =>
  isGroup ? groups.addressingOf(socket, jid) : Effect.succeed(kindOf(jid) === "phone" ? "phone" : "lid")

/** Who sent the message that is answered; `undefined` where nothing is known of them any more. */
export const answeredIn = Effect.fnUntraced(function* (
  keyring: KeyringService,
  groups: Groups,
  socket: OpenSocket,
  { isGroup, jid }: Recipient,
  sender: PersonId
): Effect.fn.Return<Answered | undefined> {
  const forms = formsOf(keyring, sender)
  const author = yield* formOf(socket, forms, yield* addressingIn(groups, socket, { isGroup, jid }))
  return author === undefined
    ? undefined
    : { author, isOurs: forms.some((form) => isSelf(socket.self, form)) }
})

/** The JIDs of people who are mentioned; nobody of whom nothing is known any more, and not the account itself. */
export const mentionedIn = Effect.fnUntraced(function* (
  keyring: KeyringService,
  groups: Groups,
  socket: OpenSocket,
  to: Recipient,
  people: ReadonlyArray<PersonId>
) {
  if (people.length === 0) return []
  const addressing = yield* addressingIn(groups, socket, to)
  const others = people
    .map((person) => formsOf(keyring, person))
    .filter((forms) => !forms.some((form) => isSelf(socket.self, form)))
  const jids = yield* Effect.forEach(others, (forms) => formOf(socket, forms, addressing))
  return [...new Set(jids.filter((jid) => jid !== undefined))]
})
