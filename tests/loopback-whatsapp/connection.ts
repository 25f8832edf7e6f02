import { decodeBinaryNode, encodeBinaryNode, type KeyPair, type proto } from "@whiskeysockets/baileys"
import type { RawData, WebSocket } from "ws"
import type { Faults } from "./faults.ts"
import { frame, frameReader } from "./protocol/frames.ts"
import { child, type Node } from "./protocol/nodes.ts"
import { noiseResponder, type Transport } from "./protocol/noise.ts"
import type { Witness } from "./witness.ts"
import type { Connection } from "./world.ts"

/** What the server does with what a connection brings. */
export interface Listener {
  readonly loggedIn: (connection: Connection, payload: proto.ClientPayload) => Promise<void> | void
  /** `isLast` says that nothing may be answered any more. */
  readonly received: (connection: Connection, stanza: Node, isLast: boolean) => Promise<void> | void
  readonly closed: (connection: Connection) => void
}

export interface ConnectionContext {
  readonly id: number
  readonly root: KeyPair
  readonly witness: Witness
  readonly faults: Faults
}

const asBuffer = (data: RawData): Buffer =>
  Array.isArray(data) ? Buffer.concat(data) : Buffer.isBuffer(data) ? data : Buffer.from(data)

const isPing = (stanza: Node): boolean => stanza.tag === "iq" && child(stanza, "ping") !== undefined

/** Serves one socket; frames are worked on one after the other. */
export const serve = (
  socket: WebSocket,
  { faults, id, root, witness }: ConnectionContext,
  listener: Listener
): Connection => {
  const responder = noiseResponder(root)
  const read = frameReader()
  let transport: Transport | undefined
  let isGreeted = false
  let isMuted = false
  let work: Promise<unknown> = Promise.resolve()

  const write = (stanza: Node, lost?: string): void => {
    witness.record({
      kind: "stanza",
      direction: "out",
      connection: id,
      node: stanza,
      ...(lost === undefined ? {} : { lost })
    })
    if (lost === undefined && transport !== undefined)
      socket.send(frame(transport.seal(encodeBinaryNode(stanza))))
  }

  const connection: Connection = {
    id,
    noiseKey: undefined,
    device: undefined,
    pairing: undefined,
    deaf: undefined,
    isOpen: () => socket.readyState === socket.OPEN && transport !== undefined && !isMuted,
    send: (stanza) => {
      if (!connection.isOpen()) return false
      if (
        connection.deaf !== undefined &&
        !(connection.deaf.answersPings && stanza.attrs.type === "result")
      ) {
        write(stanza, "deaf")
        return false
      }
      const effect = faults.take("out", stanza)
      if (effect === "ignore" || effect === "drop") {
        write(stanza, effect)
        if (effect === "drop") connection.drop()
        return false
      }
      write(stanza)
      if (effect === "twice") write(stanza)
      if (effect === "handle, then drop") connection.end()
      return true
    },
    end: () => socket.close(),
    drop: () => socket.terminate()
  }

  const receive = async (stanza: Node): Promise<void> => {
    const isUnheard = connection.deaf !== undefined && !(connection.deaf.answersPings && isPing(stanza))
    const effect = isUnheard ? undefined : faults.take("in", stanza)
    const lost = isUnheard ? "deaf" : effect === "ignore" || effect === "drop" ? effect : undefined
    witness.record({
      kind: "stanza",
      direction: "in",
      connection: id,
      node: stanza,
      ...(lost === undefined ? {} : { lost })
    })
    if (effect === "drop") return connection.drop()
    if (lost !== undefined) return
    const isLast = effect === "handle, then drop"
    if (isLast) isMuted = true
    await listener.received(connection, stanza, isLast)
    if (isLast) connection.drop()
  }

  const accept = async (data: Buffer): Promise<void> => {
    if (transport !== undefined) return receive(await decodeBinaryNode(transport.open(data)))
    if (!isGreeted) {
      isGreeted = true
      socket.send(frame(responder.hello(data)))
      return
    }
    const introduction = responder.finish(data)
    transport = introduction.transport
    connection.noiseKey = introduction.staticKey
    await listener.loggedIn(connection, introduction.payload)
  }

  const queue = (task: () => Promise<void>): void => {
    work = work.then(task).catch((error: unknown) => {
      const detail = error instanceof Error ? (error.stack ?? error.message) : String(error)
      witness.record({ kind: "error", what: `connection ${id}`, detail })
      connection.drop()
    })
  }

  witness.record({ kind: "connection", connection: id, what: "opened" })
  socket.on("message", (data) => {
    for (const piece of read(asBuffer(data))) queue(() => accept(piece))
  })
  socket.on("error", (error) => {
    witness.record({ kind: "connection", connection: id, what: "failed", detail: error.message })
  })
  socket.on("close", (code) => {
    listener.closed(connection)
    witness.record({ kind: "connection", connection: id, what: "closed", detail: String(code) })
  })
  return connection
}
