/** Too many strangers were written to: the whole system, linked to a loopback WhatsApp, tells its operator. */
import { Context, Effect, Exit, Option, Redacted, Scope, Stream } from "effect"
import { expect, test } from "vitest"
import { waysOf } from "../../../../actors/operator/alerts/ways.ts"
import { runSystem } from "../../../../actors/operator/run-system.ts"
import { LinkSession, SessionStatus } from "../../../../contracts/commands.ts"
import { OutboxId, hashOf } from "../../../../contracts/ids.ts"
import { OutboxQueued } from "../../../../contracts/outbox.ts"
import { LiveSession, liveSessionTopic } from "../../../../contracts/session.ts"
import { CommandBus } from "../../../../infra/command-bus/command-bus.ts"
import { EventLog } from "../../../../infra/event-log/event-log.ts"
import { Keyring } from "../../../../infra/keyring/keyring.ts"
import { listenLive } from "../../../../infra/nats/live.ts"
import { Nats } from "../../../../infra/nats/connection.ts"
import { startLoopbackWhatsApp } from "../../../loopback-whatsapp/index.ts"
import { until } from "../../../faults/whatsapp/world.ts"
import { temporaryFolder } from "../../whatsapp/session/whole.ts"
import { unpaced } from "../../whatsapp/world.ts"
import { startHttp, startMail } from "./receivers.ts"

test("a refusal with 463 reaches the operator by webhook and by mail, once, and the strangers are left alone", async () => {
  using folder = temporaryFolder()
  const whatsApp = await startLoopbackWhatsApp({ seed: 71 })
  const http = await startHttp()
  const mail = await startMail()
  const alerts = waysOf({
    webhook: http.url,
    ntfy: undefined,
    smtp: Redacted.make(mail.url),
    mailFrom: "wadjet@example.com",
    mailTo: "operator@example.com"
  })
  const scope = Effect.runSync(Scope.make())
  const run = <A, E>(effect: Effect.Effect<A, E, Scope.Scope>) =>
    Effect.runPromise(Scope.provide(effect, scope))
  try {
    const { context } = await run(
      runSystem({
        dataFolder: folder.path,
        pacing: unpaced,
        whatsApp: true,
        around: { whatsAppServer: whatsApp.url },
        alerts,
        say: () => Effect.void
      })
    )
    const me = whatsApp.account({ number: "5511900000001", name: "Owner" })
    me.state.coldContactsMax = 1
    const bus = Context.get(context, CommandBus)
    const keyring = Context.get(context, Keyring)
    const heard = await run(
      listenLive(Context.get(context, Nats), keyring.account, liveSessionTopic, LiveSession)
    )
    await run(bus.request(LinkSession, { method: "qr", riskAccepted: true, by: "operator" }))
    const code = await run(
      heard.pipe(
        Stream.filter((it) => it.live === "qr"),
        Stream.runHead
      )
    )
    await me.scanQr(Option.getOrThrow(code).text)
    await until("the connection is open", async () => {
      const { session } = await run(bus.request(SessionStatus, {}))
      return session?.state === "open"
    })

    const strangers = ["Cem", "Dov", "Eva"].map((name, n) =>
      whatsApp.contact({ number: `551197777000${n}`, name, addressing: "lid" })
    )
    for (const [n, { lid }] of strangers.entries()) {
      const chat = await run(keyring.chat([lid]))
      const outbox = OutboxId.make(hashOf("entry", String(n)))
      const fact = OutboxQueued({
        chat,
        outbox,
        gateway: "whatsapp",
        kind: "text",
        priority: "bulk",
        standalone: true,
        body: { text: `hello ${n}` }
      })
      await run(
        Context.get(context, EventLog).append([{ id: `stranger ${n}`, fact }], {
          actor: "schedule",
          cause: "the test",
          correlation: "the test",
          traceparent: undefined
        })
      )
    }
    await until("the mail server has it", () => mail.lines.includes("."))
    await until("the webhook has it", () => http.got.length > 0)
    expect(http.got.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      expect.objectContaining({ about: "reach-out-limited", state: "raised" })
    ])
    expect(mail.lines.filter((line) => line.startsWith("Subject:"))).toEqual([
      "Subject: Wadjet: WhatsApp needs a look"
    ])
    console.log(http.got[0]!.body)
    expect(strangers.map((who) => who.screen().length)).toEqual([1, 0, 0])
  } finally {
    await Effect.runPromise(Scope.close(scope, Exit.void))
    await whatsApp.close()
    http.close()
    mail.close()
  }
}, 120_000)
