import { address, otherForm } from "./people.ts"
import { groupNode, memberAttributes, memberNode } from "./group.ts"
import { node, type Node } from "./protocol/nodes.ts"
import { linkedDevices, push } from "./push.ts"
import type { Group, Person, Role, World } from "./world.ts"

/** What can happen to a group. */
export type GroupChange =
  | { readonly kind: "add" | "remove" | "promote" | "demote"; readonly people: readonly Person[] }
  | { readonly kind: "leave"; readonly person: Person }
  | { readonly kind: "subject"; readonly subject: string }
  | { readonly kind: "description"; readonly body: string }
  | { readonly kind: "flag"; readonly flag: "announcement" | "locked"; readonly isOn: boolean }
  | { readonly kind: "ephemeral"; readonly seconds: number }
  | { readonly kind: "approval"; readonly isOn: boolean }
  | { readonly kind: "add mode"; readonly mode: Group["memberAddMode"] }
  | {
      readonly kind: "request"
      readonly person: Person
      readonly method: "invite_link" | "linked_group_join" | "non_admin_add"
    }
  | { readonly kind: "request withdrawn"; readonly person: Person }
  | { readonly kind: "invite"; readonly code: string }
  | { readonly kind: "create" }

const flagTags = {
  announcement: ["announcement", "not_announcement"],
  locked: ["locked", "unlocked"]
} as const

const members = (group: Group, tag: string, people: readonly Person[], role: Role = "member"): Node =>
  node(
    tag,
    {},
    people.map((person) => memberNode(group, person, role))
  )

/** The node inside the notification that tells of a change. */
const changeNode = (world: World, group: Group, change: GroupChange): Node => {
  switch (change.kind) {
    case "promote":
      return members(group, "promote", change.people, "admin")
    case "add":
    case "remove":
    case "demote":
      return members(group, change.kind, change.people)
    case "leave":
      return members(group, "remove", [change.person])
    case "subject":
      return node("subject", { subject: change.subject, s_t: world.clock.seconds() })
    case "description":
      return node("description", { id: group.description?.id }, [node("body", {}, Buffer.from(change.body))])
    case "flag":
      return node(flagTags[change.flag][change.isOn ? 0 : 1])
    case "ephemeral":
      return change.seconds > 0
        ? node("ephemeral", { expiration: String(change.seconds) })
        : node("not_ephemeral")
    case "approval":
      return node("membership_approval_mode", {}, [node("group_join", { state: change.isOn ? "on" : "off" })])
    case "add mode":
      return node("member_add_mode", {}, Buffer.from(change.mode))
    case "request":
      return node("created_membership_requests", { request_method: change.method }, [
        memberNode(group, change.person)
      ])
    case "request withdrawn":
      return node("revoked_membership_requests", {}, [
        node("participant", memberAttributes(group, change.person))
      ])
    case "invite":
      return node("invite", { code: change.code })
    case "create":
      return node("create", { type: "new", key: world.ids.stanza("group") }, [groupNode(group)])
  }
}

const setRole = (group: Group, people: readonly Person[], role: Role): void => {
  for (const person of people) if (group.members.has(person)) group.members.set(person, role)
}

const removeMembers = (group: Group, people: readonly Person[]): void => {
  for (const person of people) group.members.delete(person)
  // Who left must not read on: everybody starts a new sender key.
  for (const person of group.members.keys())
    for (const device of person.devices.values())
      if (device.kind === "simulated") device.senderKeys.delete(group.jid)
}

const addMembers = (group: Group, people: readonly Person[]): void => {
  for (const person of people) {
    group.requests.delete(person)
    if (!group.members.has(person)) group.members.set(person, "member")
  }
}

const setFlag = (group: Group, flag: string, isOn: boolean): void => {
  if (isOn) group.flags.add(flag)
  else group.flags.delete(flag)
}

const apply = (world: World, group: Group, actor: Person, change: GroupChange): void => {
  switch (change.kind) {
    case "add":
      return addMembers(group, change.people)
    case "remove":
      return removeMembers(group, change.people)
    case "leave":
      return removeMembers(group, [change.person])
    case "promote":
      return setRole(group, change.people, "admin")
    case "demote":
      return setRole(group, change.people, "member")
    case "subject":
      group.subject = change.subject
      group.subjectSetSeconds = world.clock.seconds()
      return
    case "description":
      group.description = { id: world.ids.stanza("description"), body: change.body, by: actor }
      return
    case "flag":
      return setFlag(group, change.flag, change.isOn)
    case "ephemeral":
      group.ephemeralSeconds = change.seconds
      return
    case "approval":
      group.needsApproval = change.isOn
      return
    case "add mode":
      group.memberAddMode = change.mode
      return
    case "request":
      group.requests.set(change.person, { seconds: world.clock.seconds(), method: change.method })
      return
    case "request withdrawn":
      group.requests.delete(change.person)
      return
    case "invite":
      group.inviteCode = change.code
      return
    case "create":
  }
}

const notification = (world: World, group: Group, actor: Person, content: Node): Node => {
  const form = group.addressing
  return node(
    "notification",
    {
      from: group.jid,
      type: "w:gp2",
      id: world.ids.stanza("group"),
      participant: address(actor, form),
      [`participant_${otherForm(form)}`]: address(actor, otherForm(form)),
      addressing_mode: form,
      notify: actor.name,
      t: world.clock.seconds()
    },
    [content]
  )
}

/** Requests to join are the admins' business. */
const hears = (group: Group, person: Person, change: GroupChange): boolean =>
  !change.kind.startsWith("request") || (group.members.get(person) ?? "member") !== "member"

/** Changes a group and tells every linked device whose owner is in it, before or after the change. */
export const changeGroup = (world: World, group: Group, actor: Person, change: GroupChange): void => {
  const before = new Set(group.members.keys())
  apply(world, group, actor, change)
  const content = changeNode(world, group, change)
  for (const person of new Set([...before, ...group.members.keys()]))
    for (const device of linkedDevices(person))
      if (hears(group, person, change)) push(world, device, notification(world, group, actor, content))
}
