import { changeGroup, type GroupChange } from "../group-changes.ts"
import { groupNode, isAdmin, memberAttributes } from "../group.ts"
import { makeGroup } from "../make-group.ts"
import { bytes, child, children, failure, node, result, type Node } from "../protocol/nodes.ts"
import type { Group, LinkedDevice, Person, World } from "../world.ts"

const notAllowed = (stanza: Node): Node => failure(stanza, "403", "forbidden")

const peopleIn = (world: World, request: Node): readonly Person[] =>
  children(request, "participant").flatMap(({ attrs }) => world.people.find(attrs.jid) ?? [])

/** The changes that an admin asks for by a node that carries everything. */
const adminChange = (world: World, request: Node): GroupChange | undefined => {
  switch (request.tag) {
    case "add":
    case "remove":
    case "promote":
    case "demote":
      return { kind: request.tag, people: peopleIn(world, request) }
    case "subject":
      return { kind: "subject", subject: bytes(request).toString() }
    case "description":
      return { kind: "description", body: bytes(child(request, "body")).toString() }
    case "announcement":
    case "not_announcement":
      return { kind: "flag", flag: "announcement", isOn: request.tag === "announcement" }
    case "locked":
    case "unlocked":
      return { kind: "flag", flag: "locked", isOn: request.tag === "locked" }
    case "ephemeral":
    case "not_ephemeral":
      return { kind: "ephemeral", seconds: Number(request.attrs.expiration ?? 0) }
    case "member_add_mode":
      return {
        kind: "add mode",
        mode: bytes(request).toString() === "all_member_add" ? "all_member_add" : "admin_add"
      }
    case "membership_approval_mode":
      return { kind: "approval", isOn: child(request, "group_join")?.attrs.state === "on" }
    default:
      return undefined
  }
}

/** Each named person with what became of the request for them. */
const verdicts = (tag: string, request: Node, known: (jid: string | undefined) => boolean): Node =>
  node(
    tag,
    {},
    children(request, "participant").map(({ attrs }) =>
      node("participant", { jid: attrs.jid, error: known(attrs.jid) ? undefined : "404" })
    )
  )

const decideRequests = (world: World, group: Group, actor: Person, stanza: Node, request: Node): Node => {
  const decisions = children(request).map((decision) => {
    const pending = (jid: string | undefined): boolean => {
      const person = world.people.find(jid)
      return person !== undefined && group.requests.has(person)
    }
    const answer = verdicts(decision.tag, decision, pending)
    const people = peopleIn(world, decision).filter((person) => group.requests.has(person))
    if (decision.tag === "approve") changeGroup(world, group, actor, { kind: "add", people })
    else for (const person of people) changeGroup(world, group, actor, { kind: "request withdrawn", person })
    return answer
  })
  return result(stanza, [node("membership_requests_action", {}, decisions)])
}

const requestsNode = (group: Group): Node =>
  node(
    "membership_approval_requests",
    {},
    [...group.requests].map(([person, { method, seconds }]) =>
      node("membership_approval_request", {
        ...memberAttributes(group, person),
        request_method: method,
        request_time: seconds
      })
    )
  )

const inGroup = (world: World, device: LinkedDevice, group: Group, stanza: Node, request: Node): Node => {
  const actor = device.person
  if (!group.members.has(actor)) return notAllowed(stanza)
  if (stanza.attrs.type === "get") {
    if (request.tag === "invite") return result(stanza, [node("invite", { code: group.inviteCode })])
    if (request.tag === "membership_approval_requests")
      return isAdmin(group, actor) ? result(stanza, [requestsNode(group)]) : notAllowed(stanza)
    return result(stanza, [groupNode(group)])
  }
  if (!isAdmin(group, actor)) return notAllowed(stanza)
  if (request.tag === "membership_requests_action")
    return decideRequests(world, group, actor, stanza, request)
  if (request.tag === "invite") {
    changeGroup(world, group, actor, { kind: "invite", code: world.ids.stanza("invite") })
    return result(stanza, [node("invite", { code: group.inviteCode })])
  }
  const change = adminChange(world, request)
  if (change === undefined) return failure(stanza, "501", "feature-not-implemented")
  changeGroup(world, group, actor, change)
  return result(
    stanza,
    "people" in change
      ? [verdicts(request.tag, request, (jid) => world.people.find(jid) !== undefined)]
      : undefined
  )
}

const participating = (world: World, person: Person): Node =>
  node("groups", {}, [...world.groups.values()].filter(({ members }) => members.has(person)).map(groupNode))

const byInvitation = (world: World, device: LinkedDevice, stanza: Node, request: Node): Node => {
  const group = [...world.groups.values()].find(({ inviteCode }) => inviteCode === request.attrs.code)
  if (group === undefined) return failure(stanza, "404", "item-not-found")
  if (stanza.attrs.type === "get") return result(stanza, [groupNode(group)])
  const { person } = device
  changeGroup(
    world,
    group,
    person,
    group.needsApproval
      ? { kind: "request", person, method: "invite_link" }
      : { kind: "add", people: [person] }
  )
  return result(stanza, [
    node(group.needsApproval ? "membership_approval_request" : "group", { jid: group.jid })
  ])
}

/** `xmlns="w:g2"`: everything about groups. */
export const answerGroups = (world: World, device: LinkedDevice, stanza: Node): Node => {
  const [request] = children(stanza)
  if (request === undefined) return failure(stanza, "400", "bad-request")
  const group = world.groups.get(stanza.attrs.to ?? "")
  if (group !== undefined) return inGroup(world, device, group, stanza, request)
  if (request.tag === "participating") return result(stanza, [participating(world, device.person)])
  if (request.tag === "invite") return byInvitation(world, device, stanza, request)
  if (request.tag === "create") {
    const people = [device.person, ...peopleIn(world, request)]
    const created = makeGroup(world, {
      subject: request.attrs.subject ?? "",
      members: people,
      creator: device.person
    })
    changeGroup(world, created, device.person, { kind: "create" })
    return result(stanza, [groupNode(created)])
  }
  if (request.tag === "leave") {
    for (const { attrs } of children(request, "group")) {
      const left = world.groups.get(attrs.id ?? "")
      if (left !== undefined)
        changeGroup(world, left, device.person, { kind: "leave", person: device.person })
    }
    return result(stanza, [request])
  }
  return failure(stanza, "404", "item-not-found")
}
