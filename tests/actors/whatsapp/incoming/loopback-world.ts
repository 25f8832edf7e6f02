/**
 * The WhatsApp actor in a process of its own, over a real NATS server, linked to a loopback WhatsApp; and
 * everything that its log holds.
 */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { Context, Effect, Exit, Layer, Redacted, Scope, Stream } from "effect"
import { services, type SystemServices } from "../../../../actors/operator/system.ts"
import { LinkSession } from "../../../../contracts/commands.ts"
import type { AnyRecorded, EventName, RecordedOf } from "../../../../contracts/catalogue.ts"
import type { Said } from "../../../../contracts/message.ts"
import { LiveSession, liveSessionTopic } from "../../../../contracts/session.ts"
import { CommandBus } from "../../../../infra/command-bus/command-bus.ts"
import { EventLog } from "../../../../infra/event-log/event-log.ts"
import { Keyring } from "../../../../infra/keyring/keyring.ts"
import { Nats } from "../../../../infra/nats/connection.ts"
import { listenLive } from "../../../../infra/nats/live.ts"
import { startLoopbackWhatsApp } from "../../../loopback-whatsapp/index.ts"
import { startTestNats } from "../../../setup/local-nats.ts"

const program = fileURLToPath(new URL("../session/owner-process.ts", import.meta.url))

export const startLoopbackWorld = async (
  folder: string,
  seed: number,
  { mediaHost = false }: { readonly mediaHost?: boolean } = {}
) => {
  const whatsApp = await startLoopbackWhatsApp({ seed, mediaHost })
  const me = whatsApp.account({ number: "5511900000001", name: "Owner" })
  const scope = Effect.runSync(Scope.make())
  const nats = await Effect.runPromise(Scope.provide(startTestNats({ sync: "default" }), scope))
  const address = { url: nats.url, user: nats.user, password: Redacted.make(nats.pass) }
  const context = await Effect.runPromise(
    Layer.buildWithScope(
      services({ address, dataFolder: folder, server: "external", serverVersion: "", died: Effect.never }),
      scope
    )
  )
  const run = <A, E>(effect: Effect.Effect<A, E, SystemServices>) =>
    Effect.runPromise(Effect.scoped(Effect.provideContext(effect, context)))
  const keyring = Context.get(context, Keyring)
  let owner: ReturnType<typeof spawn> | undefined

  /** Starts a process that owns the session; it waits for the lease of an earlier one, and says when it has it. */
  const start = async ({ pictures = false }: { readonly pictures?: boolean } = {}) => {
    const { media } = whatsApp
    const mediaEnvironment =
      pictures && media !== undefined
        ? { LOOPBACK_MEDIA_PORT: String(media.port), LOOPBACK_MEDIA_CERTIFICATE: media.certificate }
        : {}
    const child = spawn(process.execPath, [program, folder, whatsApp.url, nats.url, nats.user, nats.pass], {
      env: { ...process.env, ...whatsApp.environment, ...mediaEnvironment },
      stdio: ["ignore", "pipe", "ignore"]
    })
    owner = child
    await once(createInterface({ input: child.stdout }), "line")
  }

  /** As `kill -9` does it. */
  const kill = async () => {
    if (owner === undefined || owner.exitCode !== null) return
    const ended = once(owner, "exit")
    owner.kill("SIGKILL")
    await ended
    owner = undefined
  }

  const link = async () => {
    const listening = Effect.runSync(Scope.make())
    const heard = await Effect.runPromise(
      Scope.provide(
        listenLive(Context.get(context, Nats), keyring.account, liveSessionTopic, LiveSession),
        listening
      )
    )
    await run(
      Effect.flatMap(CommandBus, (bus) =>
        bus.request(LinkSession, { method: "qr", riskAccepted: true, by: "operator" })
      )
    )
    const code = await Effect.runPromise(
      heard.pipe(
        Stream.filter((message) => message.live === "qr"),
        Stream.runHead
      )
    )
    await Effect.runPromise(Scope.close(listening, Exit.void))
    if (code._tag === "None" || code.value.live !== "qr") throw new Error("expected a QR code")
    await me.scanQr(code.value.text)
    return me.connected()
  }

  /** Everything in the log of the message context, in order, once `enough` says so. */
  const events = (enough: (events: ReadonlyArray<AnyRecorded>) => boolean) => {
    const all: Array<AnyRecorded> = []
    return run(
      Effect.flatMap(EventLog, (log) =>
        log.read({ from: 1, contexts: ["message"] }).pipe(
          Stream.takeUntil((batch) => {
            all.push(...batch.events.filter((event): event is AnyRecorded => event.type !== "unreadable"))
            return enough(all)
          }),
          Stream.runDrain,
          Effect.as(all as ReadonlyArray<AnyRecorded>)
        )
      )
    )
  }

  return {
    whatsApp,
    me,
    keyring,
    run,
    start,
    kill,
    link,
    events,
    close: async () => {
      await kill()
      await Effect.runPromise(Scope.close(scope, Exit.void))
      await whatsApp.close()
    },
    said: (sealed: string) => keyring.open<Said>(sealed)
  }
}

export const named = <Name extends EventName>(events: ReadonlyArray<AnyRecorded>, name: Name) =>
  events.filter((event): event is RecordedOf<Name> => event.type === name)
