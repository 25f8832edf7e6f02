import { expect, test } from "vitest"
import type { SessionState } from "../../../../contracts/session.ts"
import { startLoopbackWhatsApp } from "../../../loopback-whatsapp/index.ts"
import type { LoginFailure, StreamError } from "../../../loopback-whatsapp/refusals.ts"
import { rememberedAfter, startSession, temporaryFolder } from "./whole.ts"

const linked = async (folder: string, seed: number) => {
  const whatsApp = await startLoopbackWhatsApp({ seed })
  const me = whatsApp.account({ number: "5511900000001", name: "Owner" })
  const session = await startSession({ folder, server: whatsApp.url })
  await session.link("qr")
  await me.scanQr(await session.code("qr"))
  await session.fact("session.opened")
  const client = await me.connected()
  await session.untilState((state) => state.state === "open")
  return { whatsApp, me, session, client }
}

const isLike = (state: SessionState, expected: Partial<SessionState>) =>
  Object.entries(expected).every(([name, value]) => Reflect.get(state, name) === value)

const passing: ReadonlyArray<StreamError> = [
  "restart",
  "timed out",
  "internal error",
  "not well formed",
  "unavailable",
  "end"
]

test.each(passing)("the stream error %j is followed by another connection, and is no fact", async (error) => {
  using folder = temporaryFolder()
  const { client, session, whatsApp } = await linked(folder.path, 20)
  const sockets = session.opened()
  client.streamError(error)
  await session.until("another socket that is open", () => session.opened() > sockets)
  await session.untilState((state) => state.state === "open")
  expect(session.facts.map(({ type }) => type)).toEqual([
    "session.link-began",
    "session.linked",
    "session.opened"
  ])
  await session.close()
  await whatsApp.close()
})

const staying: ReadonlyArray<readonly [StreamError, Partial<SessionState>]> = [
  ["device removed", { state: "logged-out", code: 401 }],
  ["forbidden", { state: "refused", reason: "banned", code: 403 }],
  ["replaced", { state: "closed", cause: "replaced", code: 440 }],
  ["too many requests", { state: "closed", cause: "rate-limited", code: 429 }],
  ["downgrade", { state: "refused", reason: "multi-device", code: 411 }]
]

test.each(staying)("the stream error %j is where it stays, and is a fact", async (error, expected) => {
  using folder = temporaryFolder()
  const { client, session, whatsApp } = await linked(folder.path, 21)
  const sockets = session.opened()
  client.streamError(error)
  await session.untilState((state) => isLike(state, expected))
  await session.until("the fact of it", () => rememberedAfter(session.facts)?.state === expected.state)
  expect(session.opened()).toBe(sockets)
  await session.close()
  await whatsApp.close()
})

const refusals: ReadonlyArray<readonly [LoginFailure, Partial<SessionState>]> = [
  ["logged out", { state: "logged-out", code: 401 }],
  ["temporarily banned", { state: "refused", reason: "suspended", code: 402 }],
  ["client outdated", { state: "refused", reason: "outdated", code: 405 }],
  ["too many requests", { state: "closed", cause: "rate-limited", code: 429 }]
]

test.each(refusals)("the refused login %j leads to the designed state", async (failure, expected) => {
  using folder = temporaryFolder()
  const { client, session, whatsApp } = await linked(folder.path, 22)
  const sockets = session.opened()
  whatsApp.faults.loginFailures.push(failure)
  client.drop()
  await session.untilState((state) => isLike(state, expected))
  expect(session.opened()).toBe(sockets)
  await session.close()
  await whatsApp.close()
})

test("after a log-out the credentials are gone, and a restart stays where it was", async () => {
  using folder = temporaryFolder()
  const { client, me, session, whatsApp } = await linked(folder.path, 23)
  me.unlink(client)
  await session.fact("session.logged-out")
  await session.close()
  const remembered = rememberedAfter(session.facts)
  const again = await startSession({
    folder: folder.path,
    server: whatsApp.url,
    ...(remembered === undefined ? {} : { remembered })
  })
  await again.untilState((state) => state.state === "logged-out")
  expect(again.opened()).toBe(0)
  await again.close()
  await whatsApp.close()
})
