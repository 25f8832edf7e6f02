import { expect, test } from "vitest"
import { startLoopbackWhatsApp } from "../../../loopback-whatsapp/index.ts"
import { startSession, temporaryFolder } from "./whole.ts"

test("a number is linked by a QR code, and a restart comes back without pairing again", async () => {
  using folder = temporaryFolder()
  const whatsApp = await startLoopbackWhatsApp({ seed: 1 })
  const me = whatsApp.account({ number: "5511900000001", name: "Owner" })
  const session = await startSession({ folder: folder.path, server: whatsApp.url })
  expect((await session.state()).state).toBe("unlinked")
  await session.link("qr")
  await me.scanQr(await session.code("qr"))
  await session.fact("session.opened")
  expect(session.facts.map(({ type }) => type)).toEqual([
    "session.link-began",
    "session.linked",
    "session.opened"
  ])
  expect((await session.state()).state).toBe("open")
  await session.close()

  const again = await startSession({ folder: folder.path, server: whatsApp.url })
  await again.fact("session.opened")
  expect(again.facts.map(({ data, type }) => [type, "epoch" in data ? data.epoch : 0])).toEqual([
    ["session.opened", 2]
  ])
  await again.close()
  await whatsApp.close()
})

test("a number is linked by a pairing code", async () => {
  using folder = temporaryFolder()
  const whatsApp = await startLoopbackWhatsApp({ seed: 2 })
  const me = whatsApp.account({ number: "5511900000001", name: "Owner" })
  const session = await startSession({ folder: folder.path, server: whatsApp.url })
  await session.link("code", "5511900000001")
  const code = await session.code("code")
  await whatsApp.witness.until("the request for the code", () =>
    whatsApp.witness
      .stanzas("in", "iq")
      .find(({ content }) => Array.isArray(content) && content[0]?.tag === "link_code_companion_reg")
  )
  await me.enterPairingCode(code)
  expect((await session.fact("session.linked")).data).toMatchObject({ method: "code" })
  await session.fact("session.opened")
  await session.close()
  await whatsApp.close()
})
