/** A name server on loopback, over UDP, that answers what a test tells it to. */
import { createSocket } from "node:dgram"
import { Effect } from "effect"
import { addressBytes } from "../../../infra/guarded-client/address-bytes.ts"

/** Addresses of successive look-ups of a name; the last holds on. A name that is not there does not exist. */
export type Zone = Map<string, ReadonlyArray<ReadonlyArray<string>>>

const types: Readonly<Record<number, number>> = { 1: 4, 28: 16 }

const nameIn = (query: Buffer): { name: string; end: number } => {
  const labels: Array<string> = []
  let at = 12
  for (let length = query[at]!; length !== 0; length = query[at]!) {
    labels.push(query.subarray(at + 1, at + 1 + length).toString("latin1"))
    at += length + 1
  }
  return { name: labels.join(".").toLowerCase(), end: at + 5 }
}

/** The name that was asked about, as records point to it. */
const askedAbout = Buffer.from([0xc0, 12])

/** May be kept for no time at all (its TTL is 0). */
const record = (type: number, bytes: Uint8Array, owner: Buffer = askedAbout): Buffer =>
  Buffer.concat([owner, Buffer.from([0, type, 0, 1, 0, 0, 0, 0, 0, bytes.length]), bytes])

const typeCname = 5

const nameBytes = (name: string): Buffer =>
  Buffer.concat([
    ...name.split(".").map((label) => Buffer.from([label.length, ...Buffer.from(label, "latin1")])),
    Buffer.from([0])
  ])

/** Other names of names, to which the answer is added. */
type Aliases = ReadonlyMap<string, string>

const answerTo = (query: Buffer, zone: Zone, aliases: Aliases, asked: Map<string, number>): Buffer => {
  const { end, name: askedName } = nameIn(query)
  const alias = aliases.get(askedName)
  const name = alias ?? askedName
  const type = query.readUInt16BE(end - 4)
  const turns = zone.get(name)
  const turn = asked.get(`${askedName}/${type}`) ?? 0
  asked.set(`${askedName}/${type}`, turn + 1)
  const addresses = (turns?.[Math.min(turn, turns.length - 1)] ?? []).map((address) => addressBytes(address)!)
  const of = addresses.filter((bytes) => bytes.length === types[type])
  const records =
    alias === undefined
      ? of.map((bytes) => record(type, bytes))
      : [record(typeCname, nameBytes(alias)), ...of.map((bytes) => record(type, bytes, nameBytes(alias)))]
  const head = Buffer.alloc(12)
  query.copy(head, 0, 0, 2)
  head.writeUInt16BE(turns === undefined ? 0x81_83 : 0x81_80, 2)
  head.writeUInt16BE(1, 4)
  head.writeUInt16BE(records.length, 6)
  return Buffer.concat([head, query.subarray(12, end), ...records])
}

/** Starts it; `server` is what a resolver is told, `asked` counts look-ups by `name/type`. */
export const loopbackDns = Effect.fn("loopbackDns")(function* (
  zone: Zone,
  { aliases = new Map(), port = 0 }: { readonly aliases?: Aliases; readonly port?: number } = {}
) {
  const asked = new Map<string, number>()
  const socket = createSocket("udp4")
  socket.on("message", (query, from) =>
    socket.send(answerTo(query, zone, aliases, asked), from.port, from.address)
  )
  yield* Effect.acquireRelease(
    Effect.callback<void>((resume) => void socket.bind(port, "127.0.0.1", () => resume(Effect.void))),
    () => Effect.callback<void>((resume) => void socket.close(() => resume(Effect.void)))
  )
  return { server: `127.0.0.1:${socket.address().port}`, asked }
})
