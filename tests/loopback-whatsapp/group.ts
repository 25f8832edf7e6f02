import { address, otherForm } from "./people.ts"
import { node, type Node } from "./protocol/nodes.ts"
import type { Group, Person, Role } from "./world.ts"

export const isAdmin = (group: Group, person: Person): boolean =>
  (group.members.get(person) ?? "member") !== "member"

/** The attributes that name a person in stanzas of this group, under `jid` and, beside it, the other form. */
export const memberAttributes = (group: Group, person: Person): Record<string, string> => {
  const jid = address(person, group.addressing)
  const other = address(person, otherForm(group.addressing))
  return group.addressing === "lid" ? { jid, phone_number: other } : { jid, lid: other }
}

export const memberNode = (group: Group, person: Person, role: Role = "member"): Node =>
  node("participant", { ...memberAttributes(group, person), ...(role === "member" ? {} : { type: role }) })

const descriptionNode = ({ addressing, description, subjectSetSeconds }: Group): readonly Node[] =>
  description === undefined
    ? []
    : [
        node(
          "description",
          { id: description.id, participant: address(description.by, addressing), t: subjectSetSeconds },
          [node("body", {}, Buffer.from(description.body))]
        )
      ]

/** The `group` node of metadata queries, of group creation and of invitations. */
export const groupNode = (group: Group): Node =>
  node(
    "group",
    {
      id: group.jid.split("@")[0],
      subject: group.subject,
      s_t: group.subjectSetSeconds,
      s_o: address(group.creator, group.addressing),
      creation: group.createdSeconds,
      creator: address(group.creator, group.addressing),
      addressing_mode: group.addressing,
      size: String(group.members.size)
    },
    [
      ...[...group.members].map(([person, role]) => memberNode(group, person, role)),
      ...descriptionNode(group),
      ...[...group.flags].map((flag) => node(flag)),
      node("member_add_mode", {}, Buffer.from(group.memberAddMode)),
      ...(group.needsApproval
        ? [node("membership_approval_mode", {}, [node("group_join", { state: "on" })])]
        : []),
      ...(group.ephemeralSeconds > 0
        ? [node("ephemeral", { expiration: String(group.ephemeralSeconds) })]
        : [])
    ]
  )
