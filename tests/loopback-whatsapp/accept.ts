import { jidDecode } from "@whiskeysockets/baileys"
import { stanza as stanzaOf } from "./envelope.ts"
import { isAdmin } from "./group.ts"
import { bytes, child, children, node, type Attributes, type Node } from "./protocol/nodes.ts"
import { answerClient } from "./phone.ts"
import { push } from "./push.ts"
import { receive, type Reception } from "./receive.ts"
import { deviceName } from "./simulated-device.ts"
import { lock } from "./lock.ts"
import type {
  AccountState,
  Chat,
  Connection,
  Device,
  Envelope,
  LinkedDevice,
  Part,
  Person,
  World
} from "./world.ts"

/** Codes in acks; those marked so are the real ones, the others are this server's choice. */
export const ackErrors = {
  /** Real: a first message to somebody, from an account that may not write to new people. */
  reachOutTimeLock: "463",
  /** Real: a stanza that the server finds malformed. */
  malformed: "479",
  /** Choice: the sender is not in the group, or may not write in it. */
  notAllowed: "403",
  /** Choice: nobody has this address. */
  notFound: "404",
  /** Choice: an edit after fifteen minutes or a deletion after two days. */
  tooLate: "400"
} as const

const partOf = (enc: Node): Part | undefined => {
  const { attrs } = enc
  const { type, count, mediatype } = attrs
  if (type !== "msg" && type !== "pkmsg" && type !== "skmsg") return undefined
  const attributes: Attributes = { count, mediatype, "decrypt-fail": attrs["decrypt-fail"] }
  return { type, content: bytes(enc), attributes }
}

const parts = (holder: Node | undefined): readonly Part[] =>
  children(holder, "enc").flatMap((enc) => partOf(enc) ?? [])

/** The ciphertexts meant for single devices, by address. */
const addressed = (stanza: Node): ReadonlyMap<string, readonly Part[]> =>
  new Map(children(child(stanza, "participants"), "to").map((to) => [to.attrs.jid ?? "", parts(to)]))

const chatOf = (world: World, from: LinkedDevice, stanza: Node): Chat | undefined => {
  const { recipient, to = "" } = stanza.attrs
  const group = world.groups.get(to)
  if (group !== undefined) return { kind: "group", group }
  if (to === "status@broadcast") return { kind: "status" }
  if (to.endsWith("@newsletter")) return { kind: "channel", jid: to }
  const other = world.people.find(recipient ?? to)
  return other === undefined ? undefined : { kind: "direct", between: [from.person, other] }
}

/** The devices a stanza goes to, each with its ciphertexts. */
const deliveries = (
  world: World,
  from: LinkedDevice,
  chat: Chat,
  stanza: Node
): readonly (readonly [Device, readonly Part[]])[] => {
  const shared = parts(stanza)
  const single = addressed(stanza)
  const { participant, to } = stanza.attrs
  const fromEach = [...single].flatMap(([jid, own]) => {
    const device = world.people.device(jid)
    return device === undefined ? [] : [[device, own] as const]
  })
  if (chat.kind === "direct") {
    const direct = world.people.device(to)
    return shared.length > 0 && direct !== undefined ? [[direct, shared], ...fromEach] : fromEach
  }
  if (participant !== undefined) {
    const device = world.people.device(participant)
    return device === undefined ? [] : [[device, shared]]
  }
  const keys = new Map<Device, readonly Part[]>(fromEach)
  const members: readonly Person[] =
    chat.kind === "group" ? [...chat.group.members.keys()] : [...keys.keys()].map(({ person }) => person)
  return [...new Set(members)]
    .flatMap((person) => [...person.devices.values()])
    .filter((device) => device !== from)
    .map((device) => [device, [...(keys.get(device) ?? []), ...shared]] as const)
}

const refusal = (
  world: World,
  account: AccountState,
  from: LinkedDevice,
  chat: Chat | undefined
): string | undefined => {
  const scripted = world.faults.ackErrors.shift()
  if (scripted !== undefined) return scripted === "" ? undefined : scripted
  if (chat === undefined) return ackErrors.notFound
  if (chat.kind === "group") {
    const { flags, members } = chat.group
    if (!members.has(from.person)) return ackErrors.notAllowed
    return flags.has("announcement") && !isAdmin(chat.group, from.person) ? ackErrors.notAllowed : undefined
  }
  return chat.kind === "direct" ? coldRefusal(world, account, chat.between[1]) : undefined
}

/** Writing to somebody who never wrote: allowed up to a limit, then the account is locked for a day. */
const coldRefusal = (world: World, account: AccountState, to: Person): string | undefined => {
  if (to === account.person || account.known.has(to) || account.cold.has(to)) return undefined
  const now = world.clock.now()
  if (account.lockedUntil !== undefined && account.lockedUntil > now) return ackErrors.reachOutTimeLock
  if (account.cold.size >= account.coldContactsMax) {
    lock(world, account, now + lockMilliseconds)
    return ackErrors.reachOutTimeLock
  }
  account.cold.add(to)
  return undefined
}

const lockMilliseconds = 24 * 60 * 60 * 1000

const distribute = async (
  world: World,
  from: LinkedDevice,
  chat: Chat,
  stanza: Node
): Promise<readonly Reception[]> => {
  const { category, edit, type } = stanza.attrs
  const base: Omit<Envelope, "parts"> = {
    id: stanza.attrs.id ?? "",
    chat,
    sender: from,
    time: world.clock.now(),
    attributes: { type, edit, category },
    extra: children(stanza).filter(({ tag }) => tag === "plaintext")
  }
  const receptions: Reception[] = []
  for (const [device, own] of deliveries(world, from, chat, stanza)) {
    if (own.length === 0) continue
    const envelope = { ...base, parts: own }
    if (device.kind === "linked") push(world, device, stanzaOf(envelope, device.person))
    else receptions.push(await receive(world, device, envelope))
  }
  return receptions
}

const ack = (world: World, connection: Connection, stanza: Node, error: string | undefined): void => {
  const answer = node("ack", {
    class: "message",
    id: stanza.attrs.id,
    from: stanza.attrs.to,
    participant: stanza.attrs.participant,
    t: world.clock.seconds(),
    error
  })
  const send = (): void => {
    connection.send(answer)
  }
  const { acks } = world.faults
  if (acks.isHeld) {
    acks.held.push(send)
    world.witness.changed()
  } else if (acks.delayMilliseconds > 0) world.timers.after(acks.delayMilliseconds, send)
  else send()
}

/** A message from a client: it reaches everyone in the chat who may have it, and the client gets its ack. */
export const acceptMessage = async (
  world: World,
  connection: Connection,
  from: LinkedDevice,
  stanza: Node
): Promise<void> => {
  const account = world.accounts.get(from.person)
  if (account === undefined) throw new Error(`expected an account of ${from.person.name}, found none`)
  const { id = "", participant, to = "" } = stanza.attrs
  const chat = chatOf(world, from, stanza)
  const isResend = participant !== undefined || stanza.attrs.device_fanout === "false"
  if (!isResend) {
    const key = `${deviceName(from)}/${chat?.kind === "direct" ? jidDecode(to)?.user : to}/${id}`
    world.sentIds.set(key, (world.sentIds.get(key) ?? 0) + 1)
  }
  const error = isResend ? undefined : refusal(world, account, from, chat)
  if (error !== undefined || chat === undefined) return ack(world, connection, stanza, error)
  const receptions = await distribute(world, from, chat, stanza)
  const isTooLate = receptions.length > 0 && receptions.every(({ outcome }) => outcome === "too late")
  ack(world, connection, stanza, isTooLate ? ackErrors.tooLate : undefined)
  for (const { answer } of receptions) answer()
  if (stanza.attrs.category === "peer")
    for (const { message } of receptions) await answerClient(world, account, from, id, message ?? {})
}
