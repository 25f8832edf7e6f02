/**
 * Messages without content that phones hand over: they say that something happened in a chat. What happened is
 * a number, and whom it concerns are JIDs, or JSON as Baileys writes it.
 */
import type { proto } from "@whiskeysockets/baileys"
import type { Forms, Heard, Origin } from "./heard.ts"
import { formsOf, isSelf, type SelfForms } from "./stanza.ts"

type StubName = keyof typeof proto.WebMessageInfo.StubType

interface Subject {
  readonly parameters: ReadonlyArray<string>
  readonly origin: Origin
  readonly self: SelfForms
}

interface Participant {
  readonly id?: unknown
  readonly phoneNumber?: unknown
  readonly lid?: unknown
}

const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined)

/** `491@s.whatsapp.net`, or `{"id":"1@lid","phoneNumber":"491@s.whatsapp.net"}`. */
const participantOf = (parameter: string, self: SelfForms): Forms | undefined => {
  if (!parameter.startsWith("{")) return formsOf(self, parameter)
  const parsed = parse(parameter)
  return parsed && formsOf(self, textOf(parsed.id), textOf(parsed.lid), textOf(parsed.phoneNumber))
}

const parse = (json: string): Participant | undefined => {
  try {
    return JSON.parse(json) as Participant
  } catch {
    return undefined
  }
}

const peopleIn = ({ parameters, self }: Subject): ReadonlyArray<Forms> =>
  parameters.map((parameter) => participantOf(parameter, self)).filter((forms) => forms !== undefined)

const came =
  (how: "added" | "joined" | "created") =>
  (subject: Subject): Heard => {
    const people = peopleIn(subject)
    return { what: "joined", people, self: people.some(([form]) => isSelf(subject.self, form)), how }
  }

const went =
  (how: "removed" | "left") =>
  (subject: Subject): Heard => {
    const people = peopleIn(subject)
    return { what: "left", people, self: people.some(([form]) => isSelf(subject.self, form)), how }
  }

const told =
  (what: "name" | "description") =>
  ({ parameters }: Subject): Heard => ({ what, text: parameters[0] ?? "" })

const revoked = ({ origin }: Subject): Heard => ({
  what: "revoke",
  target: { sender: origin.sender, id: origin.id }
})

const readers: { readonly [Name in StubName]?: (subject: Subject) => Heard } = {
  REVOKE: revoked,
  ADMIN_REVOKE: revoked,
  CIPHERTEXT: () => ({ what: "unreadable", reason: "absent", fields: [] }),
  FUTUREPROOF: () => ({ what: "unreadable", reason: "unknown", fields: [] }),
  OVERSIZED: () => ({ what: "unreadable", reason: "absent", fields: [] }),
  GROUP_PARTICIPANT_ADD: came("added"),
  GROUP_PARTICIPANT_INVITE: came("joined"),
  GROUP_PARTICIPANT_ACCEPT: came("joined"),
  GROUP_PARTICIPANT_ADD_REQUEST_JOIN: came("joined"),
  GROUP_PARTICIPANT_LINKED_GROUP_JOIN: came("joined"),
  GROUP_PARTICIPANT_REMOVE: went("removed"),
  GROUP_PARTICIPANT_LEAVE: went("left"),
  GROUP_PARTICIPANT_PROMOTE: (subject) => ({ what: "admins", added: peopleIn(subject), removed: [] }),
  GROUP_PARTICIPANT_DEMOTE: (subject) => ({ what: "admins", added: [], removed: peopleIn(subject) }),
  GROUP_CREATE: told("name"),
  GROUP_CHANGE_SUBJECT: told("name"),
  GROUP_CHANGE_DESCRIPTION: told("description"),
  COMMUNITY_CHANGE_DESCRIPTION: told("description"),
  COMMUNITY_PARENT_GROUP_SUBJECT_CHANGED: told("name")
}

/** What a message without content says. */
export const stubHeard = (
  protocol: typeof proto,
  info: proto.IWebMessageInfo,
  origin: Origin,
  self: SelfForms
): ReadonlyArray<Heard> => {
  const { StubType } = protocol.WebMessageInfo
  const name = StubType[info.messageStubType ?? StubType.UNKNOWN] as StubName | undefined
  const read = name === undefined ? undefined : readers[name]
  if (read === undefined) return [{ what: "aside", of: `stub.${name ?? "unknown"}` }]
  return [read({ parameters: info.messageStubParameters ?? [], origin, self })]
}
