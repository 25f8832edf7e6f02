import type { proto } from "@whiskeysockets/baileys"
import { makeContact, makePerson, type Contact, type PersonOptions } from "./contact.ts"
import type { StoredMedia } from "./media/host.ts"
import { address } from "./people.ts"
import { enterPairingCode } from "./pairing-code.ts"
import { scanQr } from "./pairing.ts"
import { sendHistory, tellDevice, type HistoryPlace } from "./phone.ts"
import { linkedDevices } from "./push.ts"
import { streamErrorStanza, type StreamError } from "./refusals.ts"
import type { Node } from "./protocol/nodes.ts"
import type { AccountState, LinkedDevice, World } from "./world.ts"

export interface AccountOptions extends PersonOptions {
  /** What a newly linked device is told of; none unless given. */
  readonly history?: readonly proto.IConversation[]
  /** Whether the phone sends its history at all. Without it clients wait twenty seconds at their first login. */
  readonly sendsHistory?: boolean
  /** To how many people it may write first; no limit unless given. */
  readonly coldContactsMax?: number
}

/** A client that is linked to an account. */
export interface Client {
  readonly device: LinkedDevice
  /** Its address by phone number, with the device. */
  readonly jid: string
  readonly isConnected: () => boolean
  /** The stanzas that it has not answered yet. */
  readonly waiting: () => readonly Node[]
  /** Ends its stream with an error. */
  readonly streamError: (error: StreamError | number) => void
  /** Breaks its connection off, or closes it in order. */
  readonly drop: () => void
  readonly close: () => void
  /** Goes deaf: the socket stays open, nothing is heard or delivered; pings may still be answered. */
  readonly deafen: (options?: { readonly answersPings?: boolean }) => void
  /** Hears again; what waited comes at the next login. */
  readonly undeafen: () => void
}

/** The owner of the number that clients are linked to; the phone is a device of this server. */
export interface Account extends Contact {
  readonly state: AccountState
  /** What the phone's owner does with a QR code. The client is told to connect anew afterwards. */
  readonly scanQr: (qr: string) => Promise<void>
  /** What the phone's owner does with a pairing code. Rejects if it is not the client's. */
  readonly enterPairingCode: (code: string) => Promise<void>
  /** The linked clients, in the order they were linked. */
  readonly clients: () => readonly Client[]
  /** The only linked client, or the first of several. */
  readonly client: () => Client
  /** Resolves when a client is logged in, knows what the phone told it, and has everything that waited. */
  readonly connected: () => Promise<Client>
  /** Removes a device from the account: its stream ends with 401 and so does every later login. */
  readonly unlink: (client: Client) => void
  readonly sendHistory: (history: proto.IHistorySync, place?: HistoryPlace) => Promise<void>
  /** The phone has the medium of a message, and puts it on the media host once more when a client asks for that. */
  readonly hasMedia: (id: string, media: StoredMedia) => void
  /** Sends something that only the account's own devices may say to each other. */
  readonly tellClients: (message: proto.IMessage) => Promise<void>
}

const clientOf = (device: LinkedDevice): Client => ({
  device,
  jid: address(device.person, "pn", device.id),
  isConnected: () => device.connection?.isOpen() ?? false,
  waiting: () => device.queue.waiting.map(({ node }) => node),
  streamError: (error) => {
    device.connection?.send(streamErrorStanza(error))
    device.connection?.end()
  },
  drop: () => device.connection?.drop(),
  close: () => device.connection?.end(),
  deafen: ({ answersPings = true } = {}) => {
    if (device.connection !== undefined) device.connection.deaf = { answersPings }
  },
  undeafen: () => {
    if (device.connection !== undefined) device.connection.deaf = undefined
  }
})

export const makeAccount = (
  world: World,
  options: AccountOptions,
  home: () => AccountState["person"]
): Account => {
  const person = makePerson(world, { ...options, devices: [0] })
  const contact = makeContact(world, person, home)
  const state: AccountState = {
    person,
    phone: contact.device(0),
    nextDeviceId: 1,
    known: new Set(),
    cold: new Set(),
    lockedUntil: undefined,
    coldContactsMax: options.coldContactsMax ?? Number.POSITIVE_INFINITY,
    sendsHistory: options.sendsHistory ?? true,
    answersResendRequests: false,
    history: [...(options.history ?? [])],
    appState: new Map(),
    media: new Map()
  }
  world.accounts.set(person, state)
  const clients = (): readonly Client[] => linkedDevices(person).map(clientOf)
  const client = (): Client => {
    const [first] = clients()
    if (first === undefined) throw new Error(`expected a client linked to ${person.name}, found none`)
    return first
  }
  const isSettled = ({ device }: Client): boolean =>
    device.isIntroduced &&
    (state.appState.size > 0 || !state.sendsHistory) &&
    device.connection?.isOpen() === true &&
    device.queue.waiting.length === 0
  return {
    ...contact,
    state,
    scanQr: async (qr) => {
      const device = scanQr(world, state, qr)
      await world.witness.until("the client signs its pairing", () => person.devices.has(device.id))
    },
    enterPairingCode: (code) => enterPairingCode(world, state, code),
    clients,
    client,
    connected: () => world.witness.until("a client is logged in", () => clients().find(isSettled)),
    unlink: ({ device }) => {
      device.isRemoved = true
      device.queue.clear()
      person.devices.delete(device.id)
      device.connection?.send(streamErrorStanza("device removed"))
      device.connection?.end()
    },
    hasMedia: (id, media) => void state.media.set(id, media),
    sendHistory: async (history, place) => {
      for (const { device } of clients()) await sendHistory(world, state, device, history, place)
    },
    tellClients: async (message) => {
      for (const { device } of clients()) await tellDevice(world, state, device, message)
    }
  }
}
