/** The WhatsApp actor on the simulated log, and the other side of its gateway. */
import { Effect, type Fiber } from "effect"
import { makeWhatsApp } from "../../../actors/whatsapp/actor.ts"
import {
  Gateways,
  type GatewayService,
  type TransmitFailed,
  type WireMessage
} from "../../../actors/whatsapp/gateway.ts"
import { plainPacing } from "../../../actors/whatsapp/pacing/limits.ts"
import type { CommandType, Refused } from "../../../contracts/command.ts"
import { IngestMessages, type IncomingMessage } from "../../../contracts/commands.ts"
import { ChatId, hashOf, OutboxId, PersonId } from "../../../contracts/ids.ts"
import { ChatRenamed } from "../../../contracts/message.ts"
import { OutboxQueued } from "../../../contracts/outbox.ts"
import { CommandBus, type Unanswered } from "../../../infra/command-bus/command-bus.ts"
import { Keyring } from "../../../infra/keyring/keyring.ts"
import type { FaultPlan } from "../../../infra/event-log/simulated-log.ts"
import { makeWorld, until } from "../../infra/actor/world.ts"

/** So fast that pacing is in nobody's way. */
export const unpaced = plainPacing({ overallPerMinute: 60_000, chatPerMinute: 60_000, burst: 1_000 })

export const here = ChatId.make("cchat0001")
export const person = PersonId.make("pperson001")
export const idOf = (name: string) => OutboxId.make(hashOf("entry", name))

type Queued = Partial<ReturnType<typeof OutboxQueued>["data"]>

export const queued = (name: string, change: Queued = {}) =>
  OutboxQueued({
    chat: here,
    outbox: idOf(name),
    gateway: "sandbox",
    kind: "text",
    priority: "warning",
    standalone: true,
    sender: person,
    body: { text: name },
    ...change
  })

/** What the other side got, and the newest event in the log at that moment. */
interface Transmission {
  readonly message: WireMessage
  readonly last: string
}

export const makeChat = Effect.fnUntraced(function* (
  faults: FaultPlan = {},
  pacing = unpaced,
  /** What the gateway can do beside taking messages. */
  abilities: Partial<GatewayService> = {}
) {
  const world = yield* makeWorld(faults)
  const keyring = yield* Keyring.pipe(Effect.provideContext(world.services))
  const transmissions: Array<Transmission> = []
  /** What comes of the next writes and questions; where nothing is planned, all goes well. */
  const plans = {
    writes: [] as Array<Effect.Effect<void, TransmitFailed>>,
    answers: [] as Array<"yes" | "no" | "unknown">,
    /** Is told for how long something seems to be typed; where nothing is planned, nobody would see it. */
    composing: undefined as ((millis: number) => void) | undefined
  }
  const take = (message: WireMessage) => {
    const newest = world.events().at(-1)
    transmissions.push({ message, last: newest === undefined ? "" : newest.type })
  }
  const gateway: GatewayService = {
    transmit: (message) =>
      Effect.suspend(() => plans.writes.shift() ?? Effect.void).pipe(
        Effect.andThen(Effect.sync(() => take(message)))
      ),
    has: (whatsApp) =>
      Effect.sync(
        () =>
          plans.answers.shift() ??
          (transmissions.some(({ message }) => message.whatsApp === whatsApp) ? "yes" : "no")
      ),
    ...abilities
  }
  const start = (options?: Parameters<typeof world.start>[1]) => {
    const { composing } = plans
    const typing: Pick<GatewayService, "composing"> =
      composing === undefined ? {} : { composing: (_, millis) => Effect.sync(() => composing(millis)) }
    return world
      .start(makeWhatsApp(pacing), options)
      .pipe(Effect.provideService(Gateways, { sandbox: { ...gateway, ...typing } }))
  }

  const ask = <C extends CommandType>(
    command: C,
    payload: C["payload"]["Type"],
    id?: string
  ): Effect.Effect<C["answer"]["Type"], Refused | Unanswered> =>
    Effect.gen(function* () {
      const bus = yield* CommandBus
      const fiber: Fiber.Fiber<C["answer"]["Type"], Refused | Unanswered> = yield* Effect.forkChild(
        bus.request(command, payload, id)
      )
      yield* until("there is an answer", () => fiber.pollUnsafe() !== undefined)
      return yield* fiber.pollUnsafe()!
    }).pipe(Effect.provideContext(world.services))

  return {
    ...world,
    keyring,
    transmissions,
    plans,
    /** Starts another actor beside it. */
    startBeside: world.start,
    texts: () => transmissions.map(({ message }) => message.text),
    start,
    ask,
    /** Makes a chat known, so that it can be spoken to. */
    known: (chat = here, gatewayName: "sandbox" | "export" = "sandbox") =>
      world.append(ChatRenamed({ chat, gateway: gatewayName, at: 0, name: "Family" })),
    ingest: (
      messages: ReadonlyArray<Partial<IncomingMessage> & { readonly id: string }>,
      chatName = "Family"
    ) =>
      ask(IngestMessages, {
        gateway: "sandbox",
        chatName,
        messages: messages.map((message) => ({ author: "Ada", sentAt: 1_000, text: "hello", ...message }))
      })
  }
})
