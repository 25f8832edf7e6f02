import { Curve, type KeyPair } from "@whiskeysockets/baileys"
import { once } from "node:events"
import type { AddressInfo } from "node:net"
import { WebSocketServer } from "ws"
import { makeClock } from "./clock.ts"
import { serve, type Listener } from "./connection.ts"
import { dispatch } from "./dispatch.ts"
import { makeFaults } from "./faults.ts"
import { makeIds } from "./ids.ts"
import { logIn } from "./login.ts"
import { startMediaHost, type MediaHost } from "./media/host.ts"
import { makePeople } from "./people.ts"
import { makeTimers } from "./timers.ts"
import { makeWitness } from "./witness.ts"
import type { World } from "./world.ts"

export interface ServerOptions {
  /** A free port unless given. */
  readonly port?: number
  /** Ids come out the same for the same seed; 1 unless given. */
  readonly seed?: number
  /** A file to which every entry of the witness is appended, one line of JSON each, as it happens. */
  readonly witnessFile?: string
  /** Whether media can be uploaded to and downloaded from this server. */
  readonly mediaHost?: boolean
  /** The root key pair, so that a second server is trusted as the first was. */
  readonly root?: KeyPair
}

export interface Server {
  readonly world: World
  readonly url: string
  readonly close: () => Promise<void>
}

const makeWorld = ({ root, seed = 1, witnessFile }: ServerOptions, media: MediaHost | undefined): World => {
  const clock = makeClock()
  return {
    root: root ?? Curve.generateKeyPair(),
    clock,
    ids: makeIds(seed),
    timers: makeTimers(),
    witness: makeWitness(clock.now, witnessFile),
    people: makePeople(),
    groups: new Map(),
    accounts: new Map(),
    connections: new Set(),
    faults: makeFaults(),
    sentIds: new Map(),
    media
  }
}

const listenerOf = (world: World): Listener => ({
  loggedIn: (connection, payload) => logIn(world, connection, payload),
  received: (connection, stanza) => dispatch(world, connection, stanza),
  closed: (connection) => {
    world.connections.delete(connection)
    const { device, pairing } = connection
    if (device?.connection === connection) device.connection = undefined
    pairing?.code?.settle?.reject(
      new Error("expected the client to finish pairing, found its connection closed")
    )
  }
})

/** Starts listening on 127.0.0.1. */
export const startServer = async (options: ServerOptions = {}): Promise<Server> => {
  const media = options.mediaHost === true ? await startMediaHost() : undefined
  const world = makeWorld(options, media)
  const listener = listenerOf(world)
  const sockets = new WebSocketServer({ host: "127.0.0.1", port: options.port ?? 0 })
  let connections = 0
  sockets.on("connection", (socket) => {
    const context = { id: ++connections, root: world.root, witness: world.witness, faults: world.faults }
    world.connections.add(serve(socket, context, listener))
  })
  await once(sockets, "listening")
  const { port } = sockets.address() as AddressInfo
  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    world.timers.cancelAll()
    for (const socket of sockets.clients) socket.terminate()
    const closed = once(sockets, "close")
    sockets.close()
    await closed
    await media?.close()
    world.witness.close()
  }
  return {
    world,
    url: `ws://127.0.0.1:${port}/ws/chat`,
    close: () => {
      closing ??= close()
      return closing
    }
  }
}
