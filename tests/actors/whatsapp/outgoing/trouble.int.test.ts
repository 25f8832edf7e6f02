import { afterEach, expect, test } from "vitest"
import { whatsAppIdOf } from "../../../../contracts/ids.ts"
import { temporaryFolder } from "../session/whole.ts"
import { idOf } from "../world.ts"
import { startLinkedWorld } from "./delivery-world.ts"

let close: () => Promise<void> = async () => {}
afterEach(() => close())

const patienceMillis = 120_000
const wireId = (name: string) => whatsAppIdOf(idOf(name))

const linked = async (folder: string, seed: number) => {
  const world = await startLinkedWorld(folder, seed)
  close = world.close
  return world
}

test(
  "what is queued while WhatsApp is away waits, and leaves once the connection is back",
  async () => {
    using folder = temporaryFolder()
    const world = await linked(folder.path, 31)
    const { ana, me } = world
    const { chat } = await world.hear("hello")
    world.whatsApp.faults.loginFailures.push("unavailable")
    me.client().drop()
    await world.until("the connection is down", () => !me.client().isConnected())
    await world.queue("a", chat)
    await world.until("it is queued", () => world.named("outbox.queued").length === 1)
    await world.sent("a")
    expect(ana.screen().filter(({ id }) => id === wireId("a"))).toMatchObject([{ text: "a", arrivals: 1 }])
    expect(world.named("outbox.claimed")).toHaveLength(1)
    expect(world.named("outbox.failed")).toEqual([])
  },
  patienceMillis
)

for (const [how, effect] of [
  ["on a connection that stays", "ignore"],
  ["with its connection", "drop"]
] as const)
  test(
    `an acknowledgement is lost ${how}: the same message under the same id again, shown once`,
    async () => {
      using folder = temporaryFolder()
      const world = await linked(folder.path, 32)
      const { ana, whatsApp } = world
      const { chat } = await world.hear("hello")
      ana.receipts("none")
      whatsApp.faults.add("out", ({ attrs, tag }) => tag === "ack" && attrs.id === wireId("a"), effect, 1)
      await world.queue("a", chat)
      await world.sent("a")
      expect(whatsApp.timesSent(wireId("a"))).toBe(2)
      expect(ana.screen().filter(({ text }) => text === "a")).toMatchObject([
        { id: wireId("a"), arrivals: 2 }
      ])
      expect(world.named("outbox.claimed").map(({ data }) => [data.whatsApp, data.attempt])).toEqual([
        [wireId("a"), 1],
        [wireId("a"), 2]
      ])
    },
    patienceMillis
  )

test(
  "a receipt proves that a message was taken whose acknowledgement is lost: it is not written again",
  async () => {
    using folder = temporaryFolder()
    const world = await linked(folder.path, 33)
    const { ana, whatsApp } = world
    const { chat } = await world.hear("hello")
    whatsApp.faults.add("out", ({ attrs, tag }) => tag === "ack" && attrs.id === wireId("a"), "drop", 1)
    await world.queue("a", chat)
    await world.sent("a")
    expect(whatsApp.timesSent(wireId("a"))).toBe(1)
    expect(ana.screen().filter(({ text }) => text === "a")).toMatchObject([{ arrivals: 1 }])
  },
  patienceMillis
)

test(
  "how far messages came becomes facts, each level once",
  async () => {
    using folder = temporaryFolder()
    const world = await linked(folder.path, 34)
    const { ana } = world
    const { chat } = await world.hear("hello")
    await world.queue("a", chat)
    await world.queue("b", chat)
    await world.sent("b")
    const levels = () => world.named("outbox.acknowledged").flatMap(({ data }) => data.messages)
    await world.until("both are delivered", () => levels().length === 2)
    await ana.receipt("read", [wireId("a")])
    await world.until("it is read", () => levels().some(({ level }) => level === "read"))
    await ana.receipt("read", [wireId("a")])
    await ana.receipt("read", [wireId("b")])
    await world.until("the other is read", () => levels().length === 4)
    const told = levels().map(({ level, outbox }) => [outbox, level])
    expect(told.toSorted()).toEqual(
      [
        [idOf("a"), "delivered"],
        [idOf("b"), "delivered"],
        [idOf("a"), "read"],
        [idOf("b"), "read"]
      ].toSorted()
    )
  },
  patienceMillis
)

test(
  "once too many strangers were written to, first messages rest, others go on, and the session says so",
  async () => {
    using folder = temporaryFolder()
    const world = await linked(folder.path, 35)
    const { me, whatsApp } = world
    const { chat } = await world.hear("hello")
    me.state.coldContactsMax = 2
    const strangers = ["Cem", "Dov", "Eva", "Fay"].map((name, n) =>
      whatsApp.contact({ number: `551197777000${n}`, name, addressing: "lid" })
    )
    const cold = strangers.map(({ lid }) => world.chat(lid))
    for (const [n, where] of cold.slice(0, 3).entries()) await world.queue(`cold ${n}`, where)
    await world.sent("cold 1")
    const degraded = await world.until("the session says so", () => world.named("session.degraded")[0])
    expect(degraded.data.reason).toBe("reach-out-limited")
    expect(degraded.data.until).toBeGreaterThan(degraded.time)
    await world.queue("cold 3", cold[3]!)
    await world.queue("warm", chat)
    await world.sent("warm")
    expect(whatsApp.timesSent(wireId("cold 2"))).toBe(1)
    expect(whatsApp.timesSent(wireId("cold 3"))).toBe(0)
    expect(world.named("outbox.failed")).toEqual([])
    expect(strangers.map((who) => who.screen().length)).toEqual([1, 1, 0, 0])
    // Somebody who writes is no stranger any more.
    await world.hear("who is this?", {}, strangers[3]!)
    await world.queue("answer", cold[3]!)
    await world.sent("answer")
  },
  patienceMillis
)

test(
  "a receiver that cannot read a message asks again, and gets it, also from a process that did not send it",
  async () => {
    using folder = temporaryFolder()
    const world = await linked(folder.path, 36)
    const { ana, family } = world
    const { chat } = await world.hear("hello")
    const { chat: group } = await world.hear("hello all", { in: family })
    ana.failToDecrypt(1)
    await world.queue("a", chat)
    await world.until("it is read", () => ana.screen().some(({ text }) => text === "a"))
    ana.failToDecrypt(1)
    await world.queue("b", group)
    await world.until("it is read", () => ana.screen(family).some(({ text }) => text === "b"))
    ana.goOffline()
    await world.queue("c", chat)
    await world.sent("c")
    await world.stop()
    await world.start()
    await world.until("the connection is back", () => world.me.client().isConnected())
    ana.failToDecrypt(1)
    await ana.goOnline()
    await world.until("it is read", () => ana.screen().some(({ text }) => text === "c"))
    for (const [text, where] of [["a"], ["b", family], ["c"]] as const) {
      const shown = where === undefined ? ana.screen() : ana.screen(where)
      expect(shown.filter((it) => it.text === text)).toHaveLength(1)
    }
  },
  patienceMillis
)

test(
  "warnings overtake a hundred that wait",
  async () => {
    using folder = temporaryFolder()
    const world = await linked(folder.path, 37)
    const { ana, me } = world
    const { chat } = await world.hear("hello")
    world.whatsApp.faults.loginFailures.push("unavailable")
    me.client().drop()
    await world.until("the connection is down", () => !me.client().isConnected())
    for (let n = 0; n < 100; n++) await world.queue(`bulk ${n}`, chat, { priority: "bulk" })
    await world.queue("warning", chat, { priority: "warning" })
    await world.sent("bulk 99")
    const texts = ana
      .screen()
      .map(({ text }) => text)
      .filter((text) => text.startsWith("bulk") || text === "warning")
    expect(texts).toEqual(["warning", ...Array.from({ length: 100 }, (_, n) => `bulk ${n}`)])
  },
  patienceMillis
)
