/** Everything the server knows, as types: who there is, what they say where, and who is connected. */
import type { KeyPair, proto } from "@whiskeysockets/baileys"
import type { Clock } from "./clock.ts"
import type { Faults } from "./faults.ts"
import type { Ids } from "./ids.ts"
import type { MediaHost, StoredMedia } from "./media/host.ts"
import type { Attributes, Node } from "./protocol/nodes.ts"
import type { Queue } from "./queue.ts"
import type { Screen } from "./screen.ts"
import type { Bundle, SignalIdentity } from "./signal/identity.ts"
import type { SenderKey, SenderKeysOfOthers } from "./signal/sender-key.ts"
import type { Timers } from "./timers.ts"
import type { Witness } from "./witness.ts"

/** Which of its two forms an address takes: phone number or LID. */
export type Addressing = "pn" | "lid"

/** Someone on WhatsApp: the owner of the linked account or a contact. */
export interface Person {
  readonly name: string
  /** The phone number, digits only. */
  readonly pn: string
  /** The user part of the LID. */
  readonly lid: string
  /** The form under which others see this person in direct chats. */
  addressing: Addressing
  /** Whether stanzas of this person carry the other form beside it. */
  revealsOtherForm: boolean
  readonly devices: Map<number, Device>
}

export type Device = SimulatedDevice | LinkedDevice

export interface UploadedPreKey {
  readonly keyId: number
  readonly publicKey: Buffer
}

/** A device that is a real client: what the server knows of it. */
export interface LinkedDevice {
  readonly kind: "linked"
  readonly person: Person
  readonly id: number
  readonly registrationId: number
  readonly identityKey: Buffer
  /** The static Noise key it paired with; a login under another key is refused. */
  readonly noiseKey: Buffer
  signedPreKey: Bundle["signedPreKey"]
  readonly preKeys: UploadedPreKey[]
  readonly queue: Queue
  connection: Connection | undefined
  /** Set when the phone removed the device: logins are refused with 401. */
  isRemoved: boolean
  /** Whether the phone has told it about the account. */
  isIntroduced: boolean
}

/** A sender key of a device, and which devices were given it. */
export interface OwnSenderKey {
  readonly key: SenderKey
  readonly given: Set<string>
}

/** A message that a simulated device sent. */
export interface Sent {
  readonly chat: Chat
  readonly message: proto.IMessage
  readonly attributes: Attributes
}

/** A device that this server plays: a contact's phone, or the phone of the linked account. */
export interface SimulatedDevice {
  readonly kind: "simulated"
  readonly person: Person
  readonly id: number
  identity: KeyPair
  signal: SignalIdentity
  readonly senderKeys: Map<string, OwnSenderKey>
  othersSenderKeys: SenderKeysOfOthers
  readonly screen: Screen
  /** What it sent, by id, so that it can send it again when asked to. */
  readonly sent: Map<string, Sent>
  /** What came while it was offline. */
  readonly held: Envelope[]
  isOnline: boolean
  /** Which receipts it gives by itself once it has read a message. */
  receipts: "none" | "delivered" | "read"
  /** Whether it sends again what a client could not decrypt. */
  answersRetries: boolean
  /** How many of the next arrivals it fails to decrypt. */
  failures: number
  /** Work on its sessions is done one after the other. */
  work: Promise<unknown>
}

/** One client's socket, from its handshake to its end. */
export interface Connection {
  readonly id: number
  /** The static Noise key that the client proved to hold. */
  noiseKey: Buffer | undefined
  /** Set once a known device has logged in. */
  device: LinkedDevice | undefined
  /** Set while a new device waits to be paired. */
  pairing: PairingAttempt | undefined
  /** While set, the socket is open and nothing is heard or delivered. */
  deaf: { readonly answersPings: boolean } | undefined
  readonly isOpen: () => boolean
  /** Writes a stanza; false when it was not written. */
  readonly send: (stanza: Node) => boolean
  /** Closes the socket after what was written. */
  readonly end: () => void
  /** Breaks the socket off. */
  readonly drop: () => void
}

/** A pairing code flow that has begun. */
export interface CodeFlow {
  readonly account: AccountState
  readonly reference: string
  /** Salt, counter block and the client's ephemeral key, wrapped under the code. */
  readonly wrappedCompanionKey: Buffer
  /** The client's ephemeral key as the entered code unwraps it. */
  companionKey: Buffer | undefined
  primaryKey: KeyPair | undefined
  /** Ends the wait of whoever entered the code. */
  settle: { readonly resolve: () => void; readonly reject: (error: Error) => void } | undefined
}

/** A client that asked to be registered and is not yet. */
export interface PairingAttempt {
  readonly references: readonly string[]
  readonly registration: proto.ClientPayload.IDevicePairingRegistrationData
  code: CodeFlow | undefined
  /** The device that it becomes when it signs. */
  paired: LinkedDevice | undefined
}

export type Role = "member" | "admin" | "superadmin"

/** A group as the server knows it. */
export interface Group {
  readonly jid: string
  subject: string
  subjectSetSeconds: string
  description: { readonly id: string; readonly body: string; readonly by: Person } | undefined
  readonly createdSeconds: string
  readonly creator: Person
  /** The form under which its members are named in stanzas. */
  addressing: Addressing
  readonly members: Map<Person, Role>
  /** Flags that appear as empty nodes in the metadata: `announcement`, `locked`. */
  readonly flags: Set<string>
  ephemeralSeconds: number
  memberAddMode: "admin_add" | "all_member_add"
  /** Whether joining needs an admin's approval. */
  needsApproval: boolean
  readonly requests: Map<Person, { readonly seconds: string; readonly method: string }>
  inviteCode: string
}

/** Where something is said. */
export type Chat =
  | { readonly kind: "direct"; readonly between: readonly [Person, Person] }
  | { readonly kind: "group"; readonly group: Group }
  | { readonly kind: "status" }
  | { readonly kind: "channel"; readonly jid: string }

/** One `enc` node: a ciphertext for one device, or for all who hold the sender key. */
export interface Part {
  readonly type: "msg" | "pkmsg" | "skmsg"
  readonly content: Buffer
  readonly attributes?: Attributes
}

/** A message on its way to one device. */
export interface Envelope {
  readonly id: string
  readonly chat: Chat
  readonly sender: Device
  /** When the server took it, milliseconds of its clock. */
  readonly time: number
  readonly parts: readonly Part[]
  /** More attributes of the stanza: `type`, `edit`, `category`. */
  readonly attributes: Attributes
  /** Nodes beside the ciphertexts. */
  readonly extra: readonly Node[]
}

/** Someone whose account real clients can be linked to. */
export interface AccountState {
  readonly person: Person
  readonly phone: SimulatedDevice
  nextDeviceId: number
  /** People of whom the account has heard or who it was allowed to write to: writing to others is cold. */
  readonly known: Set<Person>
  /** People written to without having heard from them. */
  readonly cold: Set<Person>
  /** When the reach-out time lock ends, milliseconds; undefined when there is none. */
  lockedUntil: number | undefined
  /** How many people may be written to cold before the account is locked. */
  coldContactsMax: number
  /** Whether the phone tells a newly linked device what was there before. */
  sendsHistory: boolean
  /** Whether the phone sends a message again that a linked device could not read and asks it for. */
  answersResendRequests: boolean
  /** Chats that a newly linked device is told of. */
  readonly history: proto.IConversation[]
  readonly appState: Map<string, number>
  /** Media that the phone has, by the id of their message. */
  readonly media: Map<string, StoredMedia>
}

/** Everybody, found by either form. */
export interface People {
  readonly add: (person: Person) => void
  readonly all: () => readonly Person[]
  /** The person of an address; a device in it is ignored. */
  readonly find: (jid: string | undefined) => Person | undefined
  readonly device: (jid: string | undefined) => Device | undefined
}

/** Everything the server knows. */
export interface World {
  readonly root: KeyPair
  readonly clock: Clock
  readonly ids: Ids
  readonly timers: Timers
  readonly witness: Witness
  readonly people: People
  readonly groups: Map<string, Group>
  readonly accounts: Map<Person, AccountState>
  readonly connections: Set<Connection>
  readonly faults: Faults
  /** Ids that each linked device used, to recognise a repeated one. */
  readonly sentIds: Map<string, number>
  readonly media: MediaHost | undefined
}
