import { Context, Effect, Exit, Layer, Redacted, Scope, Stream } from "effect"
import { request } from "undici"
import { afterEach, expect, test } from "vitest"
import { runActors, services } from "../../../../../actors/operator/system.ts"
import type { GetMedia } from "../../../../../actors/whatsapp/incoming/pictures/media-host.ts"
import { LinkSession } from "../../../../../contracts/commands.ts"
import { LiveSession, liveSessionTopic } from "../../../../../contracts/session.ts"
import { CommandBus } from "../../../../../infra/command-bus/command-bus.ts"
import { Keyring } from "../../../../../infra/keyring/keyring.ts"
import { Nats } from "../../../../../infra/nats/connection.ts"
import { listenLive } from "../../../../../infra/nats/live.ts"
import { startLoopbackWhatsApp } from "../../../../loopback-whatsapp/index.ts"
import type { MediaHost } from "../../../../loopback-whatsapp/media/host.ts"
import { mediaTrust } from "../../../../loopback-whatsapp/media/trust.ts"
import { image } from "../../../../loopback-whatsapp/messages.ts"
import { startTestNats } from "../../../../setup/local-nats.ts"
import { temporaryFolder } from "../../session/whole.ts"
import { unpaced } from "../../world.ts"
import { pictureOfCodes } from "./pictures-made.ts"

const patienceMillis = 90_000

let close: () => Promise<void> = async () => {}
afterEach(() => close())

/** The loopback's media host in place of WhatsApp's. */
const mediaOf = (host: MediaHost): GetMedia => {
  const { agent } = mediaTrust(host)
  return (path) =>
    Effect.tryPromise({
      try: async () => {
        const { body, statusCode } = await request(`https://mmg.whatsapp.net${path}`, { dispatcher: agent })
        return { status: statusCode, bytes: Buffer.from(await body.arrayBuffer()), cut: false }
      },
      catch: (error) => new Error(String(error))
    })
}

/** All actors in this process, linked to a loopback WhatsApp. */
const startWhole = async (dataFolder: string) => {
  const whatsApp = await startLoopbackWhatsApp({ seed: 33, mediaHost: true })
  const me = whatsApp.account({ number: "5511900000001", name: "Owner" })
  const media = whatsApp.media!
  const scope = Effect.runSync(Scope.make())
  close = async () => {
    await Effect.runPromise(Scope.close(scope, Exit.void))
    await whatsApp.close()
  }
  const nats = await Effect.runPromise(Scope.provide(startTestNats({ sync: "default" }), scope))
  const address = { url: nats.url, user: nats.user, password: Redacted.make(nats.pass) }
  const context = await Effect.runPromise(
    Layer.buildWithScope(
      services({ address, dataFolder, server: "external", serverVersion: "", died: Effect.never }),
      scope
    )
  )
  await Effect.runPromise(
    runActors({
      dataFolder,
      pacing: unpaced,
      whatsApp: true,
      pictures: "qr",
      around: { whatsAppServer: whatsApp.url, whatsAppMedia: mediaOf(media) }
    }).pipe(Effect.provideContext(context), Scope.provide(scope))
  )
  const { account } = Context.get(context, Keyring)
  const codes = await Effect.runPromise(
    Scope.provide(listenLive(Context.get(context, Nats), account, liveSessionTopic, LiveSession), scope)
  )
  await Effect.runPromise(
    Context.get(context, CommandBus).request(LinkSession, {
      method: "qr",
      riskAccepted: true,
      by: "operator"
    })
  )
  const code = await Effect.runPromise(
    codes.pipe(
      Stream.filter((message) => message.live === "qr"),
      Stream.runHead
    )
  )
  if (code._tag === "None") throw new Error("expected a QR code")
  await me.scanQr(code.value.text)
  await me.connected()
  return { whatsApp, me, media }
}

test(
  "a chat is warned of a dangerous code in a picture by a reply that quotes the picture, and does not repeat the link",
  async () => {
    using folder = temporaryFolder()
    const { me, media, whatsApp } = await startWhole(folder.path)
    const ana = whatsApp.contact({ number: "5511988880001", name: "Ana" })
    const family = whatsApp.group({ subject: "Family", members: [me, ana] })
    const picture = pictureOfCodes("http://paypa1.com-secure-login.tk/verify/account.php?user=1")
    const id = await ana.send(image("scan me", await media.store("image", picture)), { in: family })
    const warning = await whatsApp.witness.until(
      "a warning",
      () => ana.screen(family).find(({ quoted }) => quoted === id),
      patienceMillis
    )
    expect(warning.text).toContain("paypa1[.]com-secure-login[.]tk")
    expect(JSON.stringify(warning.message)).not.toContain("com-secure-login.tk")
  },
  patienceMillis
)
