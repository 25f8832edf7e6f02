/** A session whose socket does what a test says, and over which it hears what a test says. */
import { Effect, PubSub, Stream } from "effect"
import type {
  OpenSocket,
  SessionService,
  SocketEvent
} from "../../../../actors/whatsapp/session/connection.ts"

export const self = { phone: "5511900000001@s.whatsapp.net", lid: "100000000000001@lid" }

type LookUp = Parameters<SessionService["answerRetriesWith"]>[0]

interface Written {
  readonly jid: string
  readonly id: string | undefined
}

const unused = Effect.die(new Error("nothing here asks for this"))

export const makeScriptedSession = Effect.gen(function* () {
  const events = yield* PubSub.unbounded<SocketEvent>()
  const written: Array<Written> = []
  const refusedUntil: Array<number> = []
  const script = {
    isOpen: true,
    isOurs: true,
    /** What WhatsApp told an earlier process that it has. */
    taken: new Set<string>(),
    openedAt: 0,
    /** What comes of the next write. */
    relay: (): Promise<unknown> => Promise.resolve(),
    timelock: (): Promise<unknown> => Promise.resolve({}),
    /** What a receiver that asks again is answered with. */
    lookUp: (async () => undefined) as LookUp
  }
  const socket = {
    self,
    number: 1,
    get openedAt() {
      return script.openedAt
    },
    isOurs: () => script.isOurs,
    wasTaken: (id: string) => script.taken.has(id),
    otherForm: async () => undefined,
    groupMetadata: async () => ({ addressingMode: "lid" }),
    relayMessage: async (jid: string, _message: unknown, { messageId }: { messageId?: string }) => {
      written.push({ jid, id: messageId })
      await script.relay()
      return messageId
    },
    fetchAccountReachoutTimelock: () => script.timelock()
  } as unknown as OpenSocket
  const session: SessionService = {
    connects: true,
    state: unused,
    states: Stream.empty,
    socket: Effect.sync(() => (script.isOpen ? socket : undefined)),
    self: Effect.succeed(self),
    subscribe: Effect.map(PubSub.subscribe(events), Stream.fromSubscription),
    answerRetriesWith: (lookUp) =>
      Effect.sync(() => {
        script.lookUp = lookUp
      }),
    reachOutRefused: (until) => Effect.sync(() => void refusedUntil.push(until)),
    hold: unused,
    health: unused,
    link: () => unused,
    unlink: unused,
    reconnect: unused,
    forget: () => unused
  }
  return {
    session,
    script,
    written,
    refusedUntil,
    say: (event: SocketEvent) => PubSub.publish(events, event)
  }
})
