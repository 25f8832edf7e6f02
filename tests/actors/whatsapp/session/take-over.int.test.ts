import { type ChildProcess, spawn } from "node:child_process"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import Database from "better-sqlite3"
import { Context, Effect, Exit, Layer, Redacted, Scope, Stream } from "effect"
import { expect, test } from "vitest"
import { services } from "../../../../actors/operator/system.ts"
import { LinkSession, SessionStatus } from "../../../../contracts/commands.ts"
import type { CommandType } from "../../../../contracts/command.ts"
import { LiveSession, liveSessionTopic } from "../../../../contracts/session.ts"
import { CommandBus } from "../../../../infra/command-bus/command-bus.ts"
import { EventLog } from "../../../../infra/event-log/event-log.ts"
import { Keyring } from "../../../../infra/keyring/keyring.ts"
import { Nats } from "../../../../infra/nats/connection.ts"
import { listenLive } from "../../../../infra/nats/live.ts"
import { startLoopbackWhatsApp } from "../../../loopback-whatsapp/index.ts"
import { startTestNats } from "../../../setup/local-nats.ts"
import { temporaryFolder } from "./whole.ts"

/** A NATS server, the services over it, a loopback WhatsApp, and as many owners as wanted. */
const startWorld = async (folder: string, seed: number) => {
  const whatsApp = await startLoopbackWhatsApp({ seed })
  const scope = Effect.runSync(Scope.make())
  const nats = await Effect.runPromise(Scope.provide(startTestNats({ sync: "default" }), scope))
  const address = { url: nats.url, user: nats.user, password: Redacted.make(nats.pass) }
  const context = await Effect.runPromise(
    Layer.buildWithScope(
      services({ address, dataFolder: folder, server: "external", serverVersion: "", died: Effect.never }),
      scope
    )
  )
  const program = fileURLToPath(new URL("owner-process.ts", import.meta.url))
  const owners: Array<{ readonly kill: (signal: NodeJS.Signals) => boolean }> = []
  const startOwner = () => {
    const child = spawn(process.execPath, [program, folder, whatsApp.url, nats.url, nats.user, nats.pass], {
      env: { ...process.env, ...whatsApp.environment },
      stdio: ["ignore", "pipe", "ignore"]
    })
    owners.push(child)
    const lines = createInterface({ input: child.stdout })
    const heard = (words: string) =>
      new Promise<void>((resolve) => {
        lines.on("line", (line) => {
          if (line.includes(words)) resolve()
        })
      })
    // The runtime's own log says that it waits; what it waits with is up by then.
    const waits = heard("waiting for a lease")
    const holds = heard('"holds":true')
    return { child, waits, holds }
  }
  const ask = <C extends CommandType>(command: C, payload: C["payload"]["Type"]) =>
    Effect.runPromise(Context.get(context, CommandBus).request(command, payload))
  /** One that was just woken may be handed the question before it finds that it owns nothing, and never answers. */
  const status = () =>
    Effect.runPromise(
      Context.get(context, CommandBus)
        .request(SessionStatus, {})
        .pipe(Effect.retry({ times: 5, while: ({ _tag }) => _tag === "Unanswered" }))
    )

  /** The facts of the session from a sequence on, until the connection opens. */
  const openedAfter = (sequence: number) =>
    Effect.runPromise(
      Context.get(context, EventLog)
        .read({ from: sequence + 1, contexts: ["session"] })
        .pipe(
          Stream.flatMap(({ events }) => Stream.fromIterable(events)),
          Stream.filter((event) => event.type === "session.opened"),
          Stream.runHead,
          Effect.timeout("30 seconds"),
          Effect.map((found) =>
            found._tag === "Some" && found.value.type === "session.opened"
              ? { sequence: found.value.sequence, epoch: found.value.data.epoch }
              : undefined
          )
        )
    )

  const link = async () => {
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
    const code = await Effect.runPromise(
      heard.pipe(
        Stream.filter((message) => message.live === "qr"),
        Stream.runHead
      )
    )
    await Effect.runPromise(Scope.close(listening, Exit.void))
    if (code._tag === "None" || code.value.live !== "qr") throw new Error("expected a QR code")
    return code.value.text
  }

  const close = async () => {
    for (const owner of owners) {
      owner.kill("SIGCONT")
      owner.kill("SIGKILL")
    }
    await Effect.runPromise(Scope.close(scope, Exit.void))
    await whatsApp.close()
  }
  return { whatsApp, startOwner, status, openedAfter, link, close }
}

/**
 * Pauses a process while it holds no lock of `session.db`: one that is paused in the middle of a transaction holds
 * everybody up until it wakes, which loses nothing and takes as long as it takes.
 */
const pauseBetweenWrites = async (child: ChildProcess, folder: string) => {
  const db = new Database(`${folder}/session.db`, { timeout: 0 })
  for (;;) {
    child.kill("SIGSTOP")
    try {
      db.exec("begin immediate; rollback")
      break
    } catch {
      child.kill("SIGCONT")
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  db.close()
}

/** Messages wait no longer than a person would. */
const takeOverMillisMax = 10_000

test("a standby takes the connection over within ten seconds of the owner's death, and of its pause", async () => {
  using folder = temporaryFolder()
  const world = await startWorld(folder.path, 60)
  const { whatsApp } = world
  try {
    const me = whatsApp.account({ number: "5511900000001", name: "Owner" })
    const first = world.startOwner()
    await first.holds
    await me.scanQr(await world.link())
    const opened = await world.openedAfter(0)
    expect(opened?.epoch).toBe(1)

    const second = world.startOwner()
    await second.waits
    first.child.kill("SIGKILL")
    const killedAt = performance.now()
    const again = await world.openedAfter(opened!.sequence)
    const afterDeath = performance.now() - killedAt
    expect(again?.epoch).toBe(2)
    expect(afterDeath).toBeLessThan(takeOverMillisMax)
    await second.holds

    const third = world.startOwner()
    await third.waits
    await pauseBetweenWrites(second.child, folder.path)
    const pausedAt = performance.now()
    const taken = await world.openedAfter(again!.sequence)
    const afterPause = performance.now() - pausedAt
    expect(taken?.epoch).toBe(3)
    expect(afterPause).toBeLessThan(takeOverMillisMax)
    await third.holds

    // The one that wakes up finds that it owns nothing: what comes next is taken by the new owner, once.
    second.child.kill("SIGCONT")
    const ana = whatsApp.contact({ number: "5511988887777", name: "Ana" })
    await ana.say("who hears this?")
    const client = await me.connected()
    await whatsApp.witness.until("it is receipted", () => client.waiting().length === 0)
    const status = await world.status()
    expect(status.session?.state).toBe("open")
    process.stdout.write(
      `take-over: ${afterDeath.toFixed(0)} ms after death, ${afterPause.toFixed(0)} ms after a pause\n`
    )
  } finally {
    await world.close()
  }
}, 120_000)
