import { makeAccount, type Account, type AccountOptions } from "./account.ts"
import type { Clock } from "./clock.ts"
import { makeContact, makePerson, type Contact, type PersonOptions } from "./contact.ts"
import type { Faults } from "./faults.ts"
import { changeGroup, type GroupChange } from "./group-changes.ts"
import type { MediaHost } from "./media/host.ts"
import { makeGroup, type GroupOptions } from "./make-group.ts"
import type { Member } from "./contact.ts"
import { quietSignal } from "./quiet-signal.ts"
import { startServer, type ServerOptions } from "./server.ts"
import { serverEnvironment, trustRoot } from "./trust-root.ts"
import type { Witness } from "./witness.ts"
import type { Group, World } from "./world.ts"

export type { Account, AccountOptions, Client } from "./account.ts"
export type { Contact, PersonOptions, Place, Reference, SayOptions } from "./contact.ts"
export type { Effect, Faults } from "./faults.ts"
export type { GroupChange } from "./group-changes.ts"
export { ackErrors } from "./accept.ts"
export type { MediaHost, StoredMedia } from "./media/host.ts"
export { loginFailures, streamErrors, type LoginFailure, type StreamError } from "./refusals.ts"
export type { Shown } from "./screen.ts"
export type { Spoiling } from "./ciphertexts.ts"
export type { Entry, Witness } from "./witness.ts"

/** A group in the hands of a test. */
export interface GroupHandle {
  readonly group: Group
  readonly jid: string
  /** Changes the group on behalf of a member, and tells the clients in it. */
  readonly change: (by: Member, change: GroupChange) => void
}

export interface NewGroup extends Omit<GroupOptions, "members" | "creator" | "admins"> {
  readonly members: readonly Member[]
  readonly creator?: Member
  readonly admins?: readonly Member[]
}

/** A running server and everything in its world. */
export interface LoopbackWhatsApp {
  /** What Baileys takes as `waWebSocketUrl`. */
  readonly url: string
  /** What a child process needs in its environment to use this server; see `preload.ts`. */
  readonly environment: Readonly<Record<string, string>>
  readonly clock: Clock
  readonly faults: Faults
  readonly witness: Witness
  /** Somebody whose number clients can be linked to. The first one is whom contacts speak to by default. */
  readonly account: (options: AccountOptions) => Account
  readonly contact: (options: PersonOptions) => Contact
  readonly group: (options: NewGroup) => GroupHandle
  /** Where media go, if the server was started with `mediaHost`. */
  readonly media: MediaHost | undefined
  /** How often clients sent a message of this id; a repeated one is shown once. */
  readonly timesSent: (id: string) => number
  /** Lets the acks go that `faults.acks.isHeld` kept. */
  readonly releaseAcks: () => void
  readonly close: () => Promise<void>
  readonly world: World
}

const people = (members: readonly Member[]) => members.map(({ person }) => person)

/** Starts a server; this process trusts it from now on, and libsignal no longer writes keys to its console. */
export const startLoopbackWhatsApp = async (options: ServerOptions = {}): Promise<LoopbackWhatsApp> => {
  const { close, url, world } = await startServer(options)
  trustRoot(world.root.public)
  quietSignal()
  const home = () => {
    const [first] = world.accounts.keys()
    if (first === undefined) throw new Error("expected an account to speak to, found none")
    return first
  }
  return {
    url,
    environment: serverEnvironment(world.root.public, url),
    clock: world.clock,
    faults: world.faults,
    witness: world.witness,
    account: (given) => makeAccount(world, given, home),
    contact: (given) => makeContact(world, makePerson(world, given), home),
    group: ({ admins = [], creator, members, ...rest }) => {
      const group = makeGroup(world, {
        ...rest,
        members: people(members),
        admins: people(admins),
        ...(creator === undefined ? {} : { creator: creator.person })
      })
      return { group, jid: group.jid, change: (by, change) => changeGroup(world, group, by.person, change) }
    },
    media: world.media,
    timesSent: (id) =>
      [...world.sentIds]
        .filter(([key]) => key.endsWith(`/${id}`))
        .reduce((total, [, times]) => total + times, 0),
    releaseAcks: () => {
      world.faults.acks.isHeld = false
      for (const send of world.faults.acks.held.splice(0)) send()
    },
    close,
    world
  }
}
