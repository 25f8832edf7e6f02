/** Notifications of groups and channels: who came and went, who administers, names, descriptions, and channels' posts. */
import type { BinaryNode } from "@whiskeysockets/baileys"
import type { MessageDecoder } from "./decode-message.ts"
import type { Forms, Heard, HeardFrom, Origin } from "./heard.ts"
import { bareJid } from "./jid.ts"
import { formsOf, isSelf, millisOf, type SelfForms } from "./stanza.ts"

export const childrenOf = (node: BinaryNode, tag?: string): ReadonlyArray<BinaryNode> =>
  Array.isArray(node.content) ? node.content.filter((child) => tag === undefined || child.tag === tag) : []

const bytesIn = (node: BinaryNode | undefined): Uint8Array | undefined =>
  typeof node?.content === "string"
    ? Buffer.from(node.content, "utf8")
    : node?.content instanceof Uint8Array
      ? node.content
      : undefined

const textIn = (node: BinaryNode | undefined): string => Buffer.from(bytesIn(node) ?? []).toString("utf8")

interface Member {
  readonly forms: Forms
  readonly isAdmin: boolean
}

const membersIn = (node: BinaryNode, self: SelfForms): ReadonlyArray<Member> =>
  childrenOf(node, "participant").flatMap(({ attrs }) => {
    const forms = formsOf(self, attrs["jid"], attrs["lid"], attrs["phone_number"])
    const isAdmin = attrs["type"] === "admin" || attrs["type"] === "superadmin"
    return forms === undefined ? [] : [{ forms, isAdmin }]
  })

const descriptionIn = (node: BinaryNode): ReadonlyArray<Heard> =>
  childrenOf(node, "description").map((description) => ({
    what: "description",
    text: textIn(childrenOf(description, "body")[0])
  }))

/** What becomes of the account, where it is among some people. */
export const ofSelf = <Change extends "added" | "removed">(
  self: SelfForms,
  people: ReadonlyArray<Forms>,
  change: Change
): { readonly self?: Change } =>
  people.some((forms) => forms.some((form) => isSelf(self, form))) ? { self: change } : {}

/** Everything about a group that its own description says, when it is made or the account comes into it. */
export const groupHeard = (group: BinaryNode, self: SelfForms): ReadonlyArray<Heard> => {
  const admins = membersIn(group, self)
    .filter(({ isAdmin }) => isAdmin)
    .map(({ forms }) => forms)
  const { subject } = group.attrs
  return [
    ...(subject === undefined ? [] : [{ what: "name", text: subject } as const]),
    ...descriptionIn(group),
    ...(admins.length === 0
      ? []
      : [{ what: "admins", added: admins, removed: [], ...ofSelf(self, admins, "added") } as const])
  ]
}

interface Change {
  readonly child: BinaryNode
  readonly self: SelfForms
  /** Who did it. */
  readonly actor: Forms | undefined
}

type Read = (change: Change) => ReadonlyArray<Heard>

const people = ({ child, self }: Change) => membersIn(child, self).map(({ forms }) => forms)

const includesSelf = (self: SelfForms, members: ReadonlyArray<Forms>) =>
  members.some(([form]) => isSelf(self, form))

/** Who adds nobody but themselves came by a link; who removes nobody but themselves left. */
const isAlone = ({ actor }: Change, members: ReadonlyArray<Forms>) =>
  members.length === 1 && actor !== undefined && members[0]!.some((form) => actor.includes(form))

const came: Read = (change) => {
  const members = people(change)
  const how = isAlone(change, members) || change.child.attrs["reason"] === "invite" ? "joined" : "added"
  return [{ what: "joined", people: members, self: includesSelf(change.self, members), how }]
}

const went: Read = (change) => {
  const members = people(change)
  const how = change.child.tag === "leave" || isAlone(change, members) ? "left" : "removed"
  return [{ what: "left", people: members, self: includesSelf(change.self, members), how }]
}

const created: Read = ({ child, self }) => {
  const group = childrenOf(child, "group")[0]
  if (group === undefined) return []
  const members = membersIn(group, self).map(({ forms }) => forms)
  // Who hears of it is in it, whether or not the list says so.
  return [{ what: "joined", people: members, self: true, how: "created" }, ...groupHeard(group, self)]
}

const readers: Readonly<Record<string, Read>> = {
  add: came,
  remove: went,
  leave: went,
  promote: (change) => [
    { what: "admins", added: people(change), removed: [], ...ofSelf(change.self, people(change), "added") }
  ],
  demote: (change) => [
    { what: "admins", added: [], removed: people(change), ...ofSelf(change.self, people(change), "removed") }
  ],
  subject: ({ child }) => [{ what: "name", text: child.attrs["subject"] ?? "" }],
  description: ({ child }) => [{ what: "description", text: textIn(childrenOf(child, "body")[0]) }],
  create: created,
  update: ({ child }) =>
    childrenOf(child, "settings").flatMap((settings) => [
      ...childrenOf(settings, "name").map((name) => ({ what: "name", text: textIn(name) }) as const),
      ...childrenOf(settings, "description").map(
        (description) => ({ what: "description", text: textIn(description) }) as const
      )
    ])
}

/** A post of a channel, which comes unencrypted. */
const channelPost = (
  child: BinaryNode,
  origin: Origin,
  self: SelfForms,
  { decodeMessage }: MessageDecoder
): ReadonlyArray<HeardFrom> => {
  const bytes = bytesIn(childrenOf(child, "plaintext")[0])
  const id = child.attrs["message_id"] ?? child.attrs["id"] ?? child.attrs["server_id"]
  if (bytes === undefined || id === undefined)
    return [{ origin, heard: { what: "unreadable", reason: "absent", fields: [] } }]
  return decodeMessage(bytes, { ...origin, id, at: millisOf(child.attrs["t"], origin.at) }, self)
}

/** What a notification says; empty where it does not say of which chat. */
export const notificationHeard = (
  node: BinaryNode,
  self: SelfForms,
  arrivedAt: number,
  decoder: MessageDecoder
): ReadonlyArray<HeardFrom> => {
  const { attrs } = node
  const from = bareJid(attrs["from"])
  const id = attrs["id"] ?? ""
  if (from === undefined || id === "") return []
  const actor = formsOf(self, attrs["participant"], attrs["participant_lid"], attrs["participant_pn"])
  const sender: Forms = actor ?? [from]
  const origin: Origin = {
    chat: [from],
    sender,
    own: isSelf(self, sender[0]),
    id,
    at: millisOf(attrs["t"], arrivedAt),
    arrival: attrs["offline"] === undefined ? "live" : "replayed",
    ...(attrs["notify"] === undefined ? {} : { name: attrs["notify"] })
  }
  const heard = childrenOf(node).flatMap((child): ReadonlyArray<HeardFrom> => {
    if (attrs["type"] === "newsletter" && child.tag === "message")
      return channelPost(child, { ...origin, sender: [from], own: false }, self, decoder)
    const read = readers[child.tag]
    if (read === undefined) return [{ origin, heard: { what: "aside", of: `notice.${child.tag}` } }]
    return read({ child, self, actor }).map((it) => ({ origin, heard: it }))
  })
  // What one notification says several times over is several things. No id of WhatsApp's holds a line break.
  return heard.map((it, index) =>
    it.origin.id === id && index > 0 ? { ...it, origin: { ...it.origin, id: `${id}\n+${index}` } } : it
  )
}
