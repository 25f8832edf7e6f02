import { proto } from "@whiskeysockets/baileys"
import { signalCall, type CallEvent } from "./calls.ts"
import { chatName } from "./envelope.ts"
import { addDevice, reinstall, removeDevice } from "./device-changes.ts"
import { address, canonical } from "./people.ts"
import { goOnline } from "./receive.ts"
import { sendReceipt } from "./receipts.ts"
import type { Shown } from "./screen.ts"
import { makeSimulatedDevice } from "./simulated-device.ts"
import { speak, type SpeakOptions } from "./speak.ts"
import type { Addressing, Chat, Group, Person, SimulatedDevice, World } from "./world.ts"

/** Where a person speaks: with somebody, in a group, to everybody's status, in a channel. */
export type Place = Member | GroupLike | "status" | { readonly channel: string }
/** Anybody with a person behind them. */
export interface Member {
  readonly person: Person
}
export interface GroupLike {
  readonly group: Group
}

export interface SayOptions extends SpeakOptions {
  /** Where it is said; the first account of the server, unless given. */
  readonly in?: Place
  /** Which of the person's devices says it; the first, unless given. */
  readonly device?: number
}

/** The key of a message, as other messages refer to it. */
export interface Reference {
  readonly id: string
  readonly from: Member
}

/** Somebody whose devices this server plays. */
export interface Contact extends Member {
  readonly name: string
  /** The addresses of the person. */
  readonly pn: string
  readonly lid: string
  readonly device: (id?: number) => SimulatedDevice
  /** Sends any message; its id. */
  readonly send: (message: proto.IMessage, options?: SayOptions) => Promise<string>
  readonly say: (text: string, options?: SayOptions) => Promise<string>
  readonly reply: (
    text: string,
    to: Reference & { readonly text?: string },
    options?: SayOptions
  ) => Promise<string>
  /** Edits what this person said before. */
  readonly edit: (id: string, text: string, options?: SayOptions) => Promise<string>
  /** Deletes for everyone: an own message, or as an admin somebody else's. */
  readonly revoke: (message: string | Reference, options?: SayOptions) => Promise<string>
  /** Reacts to a message; an empty string takes the reaction back. */
  readonly react: (emoji: string, to: Reference, options?: SayOptions) => Promise<string>
  /** Calls somebody, or goes on with a call; its id. */
  readonly call: (event: CallEvent, callId?: string, to?: Member, isVideo?: boolean) => string
  /** Gives receipts for messages of linked devices. */
  readonly receipt: (
    type: "delivered" | "read" | "played",
    ids: readonly string[],
    options?: SayOptions
  ) => void
  /** What the phone shows, in the order it came; only of one place, if given. */
  readonly screen: (place?: Place, device?: number) => readonly Shown[]
  readonly goOffline: () => void
  readonly goOnline: () => Promise<void>
  /** Fails to decrypt the next arrivals, and asks for them again. */
  readonly failToDecrypt: (count: number) => void
  /** Links or unlinks a device of the person, and tells the clients. */
  readonly addDevice: (id: number) => void
  readonly removeDevice: (id: number) => void
  /** A new phone: new keys, none of the old sessions. The clients are told. */
  readonly reinstall: () => void
  /** Speaks under this form from now on; `reveal` says whether stanzas name the other form too. */
  readonly speakAs: (form: Addressing, reveal?: boolean) => void
  readonly receipts: (mode: SimulatedDevice["receipts"]) => void
  readonly answersRetries: (answers: boolean) => void
}

export interface PersonOptions {
  /** The phone number, digits only. */
  readonly number: string
  readonly name?: string
  /** The user part of the LID; made up from the number, unless given. */
  readonly lid?: string
  /** The ids of the devices; 0 is the phone. */
  readonly devices?: readonly number[]
  readonly addressing?: Addressing
  readonly revealsOtherForm?: boolean
}

const lidOffset = 100_000_000_000_000n

export const makePerson = (world: World, options: PersonOptions): Person => {
  const { addressing = "lid", devices = [0], number, revealsOtherForm = true } = options
  const person: Person = {
    name: options.name ?? number,
    pn: number,
    lid: options.lid ?? String(lidOffset + BigInt(number)),
    addressing,
    revealsOtherForm,
    devices: new Map()
  }
  for (const id of devices)
    person.devices.set(id, makeSimulatedDevice(person, id, 1 + world.ids.number(16_380)))
  world.people.add(person)
  return person
}

const { MESSAGE_EDIT, REVOKE } = proto.Message.ProtocolMessage.Type

/** The address under which a chat is named in keys inside messages. */
const chatJid = (chat: Chat, viewer: Person): string => {
  if (chat.kind !== "direct") return chatName(chat, viewer)
  const other = chat.between.find((person) => person !== viewer) ?? viewer
  return address(other, other.addressing)
}

/** A key that names a message of `author` in `chat`, as `speaker` would write it. */
const keyOf = (chat: Chat, speaker: Person, author: Person, id: string): proto.IMessageKey => ({
  remoteJid: chatJid(chat, speaker),
  fromMe: author === speaker,
  id,
  ...(chat.kind === "group" && author !== speaker
    ? { participant: address(author, chat.group.addressing) }
    : {})
})

/** The ways in which a person of this server can be spoken for. `home` is where they speak by default. */
export const makeContact = (world: World, person: Person, home: () => Person): Contact => {
  const simulated = (): readonly SimulatedDevice[] =>
    [...person.devices.values()].filter((device) => device.kind === "simulated")
  const deviceOf = (id?: number): SimulatedDevice => {
    const device = id === undefined ? simulated()[0] : person.devices.get(id)
    if (device?.kind !== "simulated")
      throw new Error(`expected a simulated device ${id ?? ""} of ${person.name}, found none`)
    return device
  }
  const chatOf = (place: Place | undefined): Chat => {
    if (place === "status") return { kind: "status" }
    if (place !== undefined && "channel" in place) return { kind: "channel", jid: place.channel }
    if (place !== undefined && "group" in place) return { kind: "group", group: place.group }
    return { kind: "direct", between: [person, place?.person ?? home()] }
  }
  const send = (message: proto.IMessage, options: SayOptions = {}): Promise<string> =>
    speak(world, deviceOf(options.device), chatOf(options.in), message, options)
  const withAttributes = (
    options: SayOptions | undefined,
    attributes: Record<string, string>
  ): SayOptions => ({
    ...options,
    attributes: { ...attributes, ...options?.attributes }
  })

  return {
    person,
    name: person.name,
    pn: address(person, "pn"),
    lid: canonical(person),
    device: deviceOf,
    send,
    say: (text, options) => send({ conversation: text }, options),
    reply: (text, to, options) =>
      send(
        {
          extendedTextMessage: {
            text,
            contextInfo: {
              stanzaId: to.id,
              participant: address(to.from.person, "lid"),
              quotedMessage: { conversation: to.text ?? "" }
            }
          }
        },
        options
      ),
    edit: (id, text, options) =>
      send(
        {
          protocolMessage: {
            key: keyOf(chatOf(options?.in), person, person, id),
            type: MESSAGE_EDIT,
            editedMessage: { conversation: text },
            timestampMs: world.clock.now()
          }
        },
        withAttributes(options, { edit: "1" })
      ),
    revoke: (message, options) => {
      const id = typeof message === "string" ? message : message.id
      const author = typeof message === "string" ? person : message.from.person
      const protocolMessage = { key: keyOf(chatOf(options?.in), person, author, id), type: REVOKE }
      return send({ protocolMessage }, withAttributes(options, { edit: author === person ? "7" : "8" }))
    },
    react: (emoji, to, options) =>
      send(
        {
          reactionMessage: {
            key: keyOf(chatOf(options?.in), person, to.from.person, to.id),
            text: emoji,
            senderTimestampMs: world.clock.now()
          }
        },
        withAttributes(options, { type: "reaction" })
      ),
    call: (event, callId = world.ids.stanza("CALL"), to, isVideo) => {
      signalCall(world, person, to?.person ?? home(), callId, event, isVideo)
      return callId
    },
    receipt: (type, ids, options) => {
      const chat = chatOf(options?.in)
      const authors =
        chat.kind === "direct"
          ? chat.between
          : chat.kind === "group"
            ? [...chat.group.members.keys()]
            : world.people.all()
      for (const author of authors)
        for (const device of author.devices.values())
          sendReceipt(world, deviceOf(options?.device), device, chat, ids, type)
    },
    screen: (place, device) => {
      const { messages } = deviceOf(device).screen
      return place === undefined
        ? messages
        : messages.filter(({ chat }) => chat === chatName(chatOf(place), person))
    },
    goOffline: () => {
      for (const device of simulated()) device.isOnline = false
    },
    goOnline: async () => {
      for (const device of simulated()) await goOnline(world, device)
    },
    failToDecrypt: (count) => {
      for (const device of simulated()) device.failures = count
    },
    addDevice: (id) => addDevice(world, person, id),
    removeDevice: (id) => removeDevice(world, person, id),
    reinstall: () => reinstall(world, deviceOf()),
    speakAs: (form, reveal = true) => {
      person.addressing = form
      person.revealsOtherForm = reveal
    },
    receipts: (mode) => {
      for (const device of simulated()) device.receipts = mode
    },
    answersRetries: (answers) => {
      for (const device of simulated()) device.answersRetries = answers
    }
  }
}
