import { Effect, Exit, Scope } from "effect"
import { TestClock } from "effect/testing"
import { expect, test } from "vitest"
import { startLoopbackWhatsApp } from "../../../loopback-whatsapp/index.ts"
import { startSession, temporaryFolder } from "./whole.ts"

const minute = 60_000

/** A linked session whose clock moves together with the server's. */
const linked = async (folder: string, seed: number) => {
  const whatsApp = await startLoopbackWhatsApp({ seed })
  const scope = Effect.runSync(Scope.make())
  const clock = await Effect.runPromise(Scope.provide(TestClock.make(), scope))
  await Effect.runPromise(clock.setTime(Date.now()))
  const me = whatsApp.account({ number: "5511900000001", name: "Owner" })
  const session = await startSession({ folder, server: whatsApp.url, clock })
  await session.link("qr")
  await me.scanQr(await session.code("qr"))
  await session.fact("session.opened")
  const client = await me.connected()
  const pass = async (minutes: number) => {
    whatsApp.clock.advance(minutes * minute)
    await Effect.runPromise(clock.adjust(minutes * minute))
  }
  const close = async () => {
    await session.close()
    await Effect.runPromise(Scope.close(scope, Exit.void))
    await whatsApp.close()
  }
  return { whatsApp, session, client, pass, close, me }
}

test("a socket that answers pings and delivers nothing is found, made anew, and told as deaf", async () => {
  using folder = temporaryFolder()
  const { client, close, pass, session, whatsApp } = await linked(folder.path, 50)
  const ana = whatsApp.contact({ number: "5511988887777", name: "Ana" })
  await ana.say("heard")
  await whatsApp.witness.until("it is receipted", () => client.waiting().length === 0)
  client.deafen({ answersPings: true })
  await pass(20)
  await ana.say("unheard")
  await pass(20)
  expect((await session.state()).state).toBe("open")
  expect(session.opened()).toBe(1)
  // Just past an hour: the socket is given up, and the outage is no more than a blip.
  await pass(20.2)
  await session.until("another socket", () => session.opened() === 2)
  await session.fact("session.recovered")
  await session.untilState(({ state }) => state === "open")
  expect(session.facts.slice(-2).map(({ data, type }) => [type, data])).toEqual([
    ["session.degraded", { reason: "deaf" }],
    ["session.recovered", { reason: "deaf" }]
  ])
  const texts = (await session.journal()).map(({ payload }) => Buffer.from(payload).toString("latin1"))
  expect(texts.filter((text) => text.includes("unheard")).length).toBe(1)
  await close()
})

test("an account to which nobody writes is looked into once, found quiet, and left alone for longer", async () => {
  using folder = temporaryFolder()
  const { close, pass, session } = await linked(folder.path, 51)
  const facts = session.facts.length
  const before = (await session.health()).patienceMillis
  await pass(before / minute + 0.2)
  await session.until("another socket", () => session.opened() === 2)
  await expect.poll(async () => (await session.health()).patienceMillis, { timeout: 20_000 }).toBe(2 * before)
  await pass(before / minute + 1)
  expect(session.opened()).toBe(2)
  expect(session.facts.length).toBe(facts)
  await close()
})

test("a server that no longer acknowledges what is sent is left for another connection", async () => {
  using folder = temporaryFolder()
  const { close, pass, session, whatsApp } = await linked(folder.path, 52)
  const ana = whatsApp.contact({ number: "5511988887777", name: "Ana" })
  whatsApp.faults.acks.isHeld = true
  const socket = await session.socket()
  await socket?.sendMessage(ana.pn, { text: "hello" }, { messageId: "3EB0AAAAAAAAAAAAAAAA" })
  await pass(1)
  await session.until("another socket", () => session.opened() === 2)
  await session.fact("session.recovered")
  expect(session.facts.slice(-2).map(({ data }) => data)).toEqual([
    { reason: "unacknowledged" },
    { reason: "unacknowledged" }
  ])
  await close()
})
