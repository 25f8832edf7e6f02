import { node, server, type Node } from "./protocol/nodes.ts"
import type { Waiting } from "./queue.ts"
import type { Connection, LinkedDevice, Person, World } from "./world.ts"

/** Connections that have been told everything that waited for them when they came. */
const caughtUp = new WeakSet<Connection>()

const write = (connection: Connection, entry: Waiting, offline?: number): void => {
  const stanza =
    offline === undefined
      ? entry.node
      : { ...entry.node, attrs: { ...entry.node.attrs, offline: String(offline) } }
  if (connection.send(stanza)) entry.attempts += 1
}

/** Brings a stanza to a client: now if it is connected, and again at every login until it has answered. */
export const push = (world: World, device: LinkedDevice, stanza: Node): void => {
  if (device.isRemoved) return
  const entry = device.queue.add(stanza)
  const { connection } = device
  if (connection !== undefined && caughtUp.has(connection)) write(connection, entry)
  world.witness.changed()
}

/** The linked devices of a person. */
export const linkedDevices = (person: Person): readonly LinkedDevice[] =>
  [...person.devices.values()].filter((device) => device.kind === "linked")

/** Tells a client that has just logged in how much waits for it. */
export const announceWaiting = (world: World, connection: Connection, device: LinkedDevice): void => {
  for (const entry of device.queue.waiting.filter(({ isRetried }) => isRetried)) device.queue.remove(entry)
  const { waiting } = device.queue
  if (waiting.length === 0) return finishWaiting(connection, 0)
  const count = (tag: string): string => String(waiting.filter((entry) => entry.node.tag === tag).length)
  connection.send(
    node("ib", { from: server }, [
      node("offline_preview", {
        count: String(waiting.length),
        message: count("message"),
        receipt: count("receipt"),
        notification: count("notification"),
        call: count("call"),
        appdata: "0",
        t: world.clock.seconds()
      })
    ])
  )
}

const finishWaiting = (connection: Connection, count: number): void => {
  caughtUp.add(connection)
  connection.send(node("ib", { from: server }, [node("offline", { count: String(count) })]))
}

/** The client asked for what waits: all of it is written, marked `offline`, and then the end of it. */
export const deliverWaiting = (connection: Connection, device: LinkedDevice): void => {
  if (caughtUp.has(connection)) return
  const entries = [...device.queue.waiting]
  for (const [index, entry] of entries.entries()) write(connection, entry, index)
  finishWaiting(connection, entries.length)
}
