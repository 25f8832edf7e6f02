import type { Addressing, Group, Person, Role, World } from "./world.ts"

export interface GroupOptions {
  readonly subject: string
  readonly members: readonly Person[]
  /** Who made it, its first admin. The first member, unless said otherwise. */
  readonly creator?: Person
  readonly admins?: readonly Person[]
  /** How stanzas name its members; `lid` unless said otherwise, as in new groups. */
  readonly addressing?: Addressing
  readonly description?: string
}

const firstGroupNumber = 120_363_000_000_000_000n

/** Makes a group known to the server; nobody is told. */
export const makeGroup = (world: World, options: GroupOptions): Group => {
  const { addressing = "lid", admins = [], description, members, subject } = options
  const creator = options.creator ?? members[0]
  if (creator === undefined) throw new Error("expected a group with at least one member, found none")
  const role = (person: Person): Role =>
    person === creator ? "superadmin" : admins.includes(person) ? "admin" : "member"
  const group: Group = {
    jid: `${firstGroupNumber + BigInt(world.groups.size)}@g.us`,
    subject,
    subjectSetSeconds: world.clock.seconds(),
    description:
      description === undefined
        ? undefined
        : { id: world.ids.stanza("description"), body: description, by: creator },
    createdSeconds: world.clock.seconds(),
    creator,
    addressing,
    members: new Map([creator, ...members].map((person) => [person, role(person)])),
    flags: new Set(),
    ephemeralSeconds: 0,
    memberAddMode: "all_member_add",
    needsApproval: false,
    requests: new Map(),
    inviteCode: world.ids.stanza("invite")
  }
  world.groups.set(group.jid, group)
  return group
}
