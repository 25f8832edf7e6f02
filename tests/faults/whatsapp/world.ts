/**
 * What outlives the processes that are killed: a NATS server, a loopback WhatsApp with the account's phone, the data
 * folder, and a reader of the log.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import Database from "better-sqlite3"
import { Context, Effect, Exit, Layer, Redacted, Scope, Stream } from "effect"
import { services } from "../../../actors/operator/system.ts"
import type { AnyRecorded } from "../../../contracts/catalogue.ts"
import type { CommandType } from "../../../contracts/command.ts"
import { LinkSession, ReconnectSession, SessionStatus, SetChat } from "../../../contracts/commands.ts"
import { LiveSession, liveSessionTopic, type SessionState } from "../../../contracts/session.ts"
import { CommandBus } from "../../../infra/command-bus/command-bus.ts"
import { EventLog, type Unreadable } from "../../../infra/event-log/event-log.ts"
import { Keyring } from "../../../infra/keyring/keyring.ts"
import { Nats } from "../../../infra/nats/connection.ts"
import { listenLive } from "../../../infra/nats/live.ts"
import { startNatsServer } from "../../../infra/nats-server/start.ts"
import { startLoopbackWhatsApp } from "../../loopback-whatsapp/index.ts"
import { type Child, startChild } from "./child.ts"
import type { Life } from "./life.ts"

/** Longer than anything takes on a busy machine: what has not happened by then never will. */
export const patienceMillis = 120_000
const lookAgainMillis = 20

export interface WorldOptions {
  /** The bundled entry. */
  readonly program: string
  /** The nats-server program. */
  readonly binary: string
  readonly seed: number
}

/** Waits for a fact that nobody announces. */
export const until = async <A>(
  what: string,
  look: () => A | undefined | false | Promise<A | undefined | false>
): Promise<A> => {
  const began = performance.now()
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== false) return found
    if (performance.now() - began > patienceMillis) throw new Error(`${what} never happened`)
    await new Promise((resolve) => setTimeout(resolve, lookAgainMillis))
  }
}

/** The services of the folder, in this process: to ask commands, and to read what is in the log. */
const connect = async (scope: Scope.Scope, dataFolder: string, nats: Life["nats"]) => {
  const address = { url: nats.url, user: nats.user, password: Redacted.make(nats.password) }
  const foundation = {
    address,
    dataFolder,
    server: "external",
    serverVersion: "",
    died: Effect.never
  } as const
  return Effect.runPromise(Layer.buildWithScope(services(foundation), scope))
}

/** Reads the log as it grows. */
const follow = (scope: Scope.Scope, context: Context.Context<EventLog>) => {
  const events: Array<AnyRecorded> = []
  const unreadable: Array<Unreadable> = []
  let upTo = 0
  const reading = Context.get(context, EventLog)
    .read({ from: 1 })
    .pipe(
      Stream.runForEach((batch) =>
        Effect.sync(() => {
          for (const event of batch.events)
            if (event.type === "unreadable") unreadable.push(event)
            else events.push(event)
          upTo = batch.upTo
        })
      )
    )
  Effect.runSync(Effect.forkIn(reading, scope))
  return { events, unreadable, upTo: () => upTo }
}

export const startWorld = async ({ binary, program, seed }: WorldOptions) => {
  const folder = mkdtempSync(join(tmpdir(), "wadjet-faults-"))
  const dataFolder = join(folder, "data")
  const scope = Effect.runSync(Scope.make())
  const server = await Effect.runPromise(
    Scope.provide(startNatsServer({ binary, dataFolder: folder }), scope)
  )
  const nats = { url: server.url, user: server.user, password: server.pass }
  const whatsApp = await startLoopbackWhatsApp({ seed })
  const me = whatsApp.account({ number: "5511900000001", name: "Owner" })
  const context = await connect(scope, dataFolder, nats)
  const { events, unreadable, upTo } = follow(scope, context)
  const children: Array<Child> = []

  const start = (life: Pick<Life, "death" | "without"> = {}): Child => {
    const child = startChild(
      program,
      { dataFolder, server: whatsApp.url, nats, ...life },
      whatsApp.environment
    )
    children.push(child)
    return child
  }

  const ask = <C extends CommandType>(command: C, payload: C["payload"]["Type"]) =>
    Effect.runPromise(Context.get(context, CommandBus).request(command, payload))

  const status = () => ask(SessionStatus, {})

  /** Waits until the session says so of itself. */
  const untilState = (is: (state: SessionState) => boolean) =>
    until("the state of the session", async () => {
      const { session } = await status()
      return session !== null && is(session)
    })

  /** The code that a running process shows next, after `LinkSession` asks for it. */
  const code = async (): Promise<string> => {
    const listening = Effect.runSync(Scope.make())
    const heard = await Effect.runPromise(
      Scope.provide(
        listenLive(
          Context.get(context, Nats),
          Context.get(context, Keyring).account,
          liveSessionTopic,
          LiveSession
        ),
        listening
      )
    )
    await ask(LinkSession, { method: "qr", riskAccepted: true, by: "operator" })
    const found = await Effect.runPromise(
      heard.pipe(
        Stream.filter((message) => message.live === "qr"),
        Stream.runHead
      )
    )
    await Effect.runPromise(Scope.close(listening, Exit.void))
    if (found._tag === "None" || found.value.live !== "qr") throw new Error("expected a QR code, found none")
    return found.value.text
  }

  /** Links the account to the process that runs, and answers once it is at rest. */
  const link = async () => {
    // Words each time: a warning is told apart by them.
    await ask(SetChat, { change: { "cooldown-minutes": "0" }, by: "operator" })
    await me.scanQr(await code())
    return me.connected()
  }

  /** How many rows wait in the journal; looked up without taking part. */
  const journalled = (): number => {
    const db = new Database(join(dataFolder, "session.db"), { readonly: true, timeout: patienceMillis })
    const count = db.prepare<[], number>("select count(*) from journal where why is null").pluck().get() ?? 0
    db.close()
    return count
  }

  /** Whether everything that the log holds at this moment is in `events`. */
  const hasReadAll = async () => (await Effect.runPromise(Context.get(context, EventLog).last)) <= upTo()

  const close = async () => {
    for (const child of children) {
      if (child.isGone()) continue
      child.signal("SIGCONT")
      await child.kill().catch(() => undefined)
    }
    await Effect.runPromise(Scope.close(scope, Exit.void))
    await whatsApp.close()
    rmSync(folder, { recursive: true, force: true })
  }

  return {
    dataFolder,
    /** Holds the data folder, and the store of the NATS server beside it. */
    folder,
    /** All that any process of this world wrote to its console. */
    console: () => Buffer.concat(children.map((child) => child.console())),
    whatsApp,
    me,
    keyring: Context.get(context, Keyring),
    bus: Context.get(context, CommandBus),
    events: events as ReadonlyArray<AnyRecorded>,
    unreadable: unreadable as ReadonlyArray<Unreadable>,
    start,
    ask,
    status,
    untilState,
    link,
    journalled,
    hasReadAll,
    reconnect: () => ask(ReconnectSession, { by: "operator" }),
    close
  }
}

export type World = Awaited<ReturnType<typeof startWorld>>
