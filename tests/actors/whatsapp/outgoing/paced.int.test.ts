/** What WhatsApp sees of the limits: the server counts what is written to it, and when. */
import { afterEach, expect, test } from "vitest"
import { plainPacing } from "../../../../actors/whatsapp/pacing/limits.ts"
import { type ChatId, whatsAppIdOf } from "../../../../contracts/ids.ts"
import { temporaryFolder } from "../session/whole.ts"
import { idOf } from "../world.ts"
import { startLinkedWorld } from "./delivery-world.ts"

let close: () => Promise<void> = async () => {}
afterEach(() => close())

const patienceMillis = 120_000
const minuteMillis = 60_000

type World = Awaited<ReturnType<typeof startLinkedWorld>>

/** The messages of the client as the server took them off the wire, oldest first. */
const written = ({ whatsApp }: World, names: ReadonlyArray<string>) => {
  const nameOf = new Map<string, string>(names.map((name) => [whatsAppIdOf(idOf(name)), name]))
  return whatsApp.witness.entries.flatMap((entry) => {
    if (entry.kind !== "stanza" || entry.direction !== "in" || entry.node.tag !== "message") return []
    const name = nameOf.get(entry.node.attrs["id"] ?? "")
    return name === undefined ? [] : [{ name, at: entry.time }]
  })
}

/** A chat with a person who wrote first, so that nothing said there is a first message. */
const heard = async (world: World, name: string, number: string): Promise<ChatId> => {
  const person = world.whatsApp.contact({ number, name, addressing: "lid" })
  return (await world.hear(`hello from ${name}`, {}, person)).chat
}

test(
  "no more is written than a burst and what was earned since, in a chat and in all; warnings overtake and leave at once",
  async () => {
    using folder = temporaryFolder()
    const limits = { overallPerMinute: 300, chatPerMinute: 120, burst: 3 }
    const world = await startLinkedWorld(folder.path, 61, { pacing: plainPacing(limits) })
    close = world.close
    const chats = [
      await heard(world, "Bea", "5511966660001"),
      await heard(world, "Cem", "5511966660002"),
      await heard(world, "Dov", "5511966660003")
    ]
    const bulk = chats.flatMap((chat, place) =>
      Array.from({ length: 8 }, (_, n) => ({ name: `bulk ${place}.${n}`, place, chat }))
    )
    const warnings = chats.map((chat, place) => ({ name: `warning ${place}`, place, chat }))
    const began = Date.now()
    for (const { chat, name } of bulk) await world.queue(name, chat, { priority: "bulk" })
    await world.sent("bulk 0.0")
    for (const { chat, name } of warnings) await world.queue(name, chat, { priority: "warning" })
    for (const { name } of [...bulk, ...warnings]) await world.sent(name)

    const names = bulk.map(({ name }) => name)
    const all = written(world, names)
    expect(all.map(({ name }) => name).toSorted()).toEqual(names.toSorted())
    const widest = (of: ReadonlyArray<{ readonly at: number }>, perMinute: number) =>
      Math.max(...of.map(({ at }, n) => n + 1 - (limits.burst + ((at - began) * perMinute) / minuteMillis)))
    for (const [place] of chats.entries()) {
      const here = all.filter(({ name }) => name.startsWith(`bulk ${place}.`))
      expect(widest(here, limits.chatPerMinute)).toBeLessThanOrEqual(0)
    }
    expect(widest(all, limits.overallPerMinute)).toBeLessThanOrEqual(0)

    // Each warning passed by most of what had been queued for its chat before it.
    const order = written(world, [...names, ...warnings.map(({ name }) => name)]).map(({ name }) => name)
    const passed = warnings.map(
      ({ name, place }) =>
        order.slice(order.indexOf(name)).filter((it) => it.startsWith(`bulk ${place}.`)).length
    )
    console.log(
      `${all.length} messages in ${all.at(-1)!.at - began} ms, limits ${JSON.stringify(limits)}; bulk overtaken by a warning: ${passed.join(", ")}`
    )
    for (const overtaken of passed) expect(overtaken).toBeGreaterThan(0)
  },
  patienceMillis
)

test(
  "first messages go to as many people as may have one within a day, to the message, also after a restart",
  async () => {
    using folder = temporaryFolder()
    const pacing = {
      ...plainPacing({ overallPerMinute: 60_000, chatPerMinute: 60_000, burst: 1_000 }),
      firstMessagesPerDay: 3
    }
    const world = await startLinkedWorld(folder.path, 62, { pacing })
    close = world.close
    const warm = await heard(world, "Bea", "5511966660001")
    const strangers = Array.from({ length: 8 }, (_, n) =>
      world.whatsApp.contact({ number: `551195555000${n}`, name: `S${n}`, addressing: "lid" })
    )
    const got = () => strangers.filter((who) => who.screen().length > 0).length
    for (const [n, { lid }] of strangers.slice(0, 6).entries())
      await world.queue(`cold ${n}`, world.chat(lid), { priority: "bulk" })
    await world.queue("warm", warm, { priority: "bulk" })
    await world.sent("warm")
    await world.until("three strangers have it", () => got() === 3)
    await world.stop()
    await world.start()
    await world.until("the connection is back", () => world.me.client().isConnected())
    for (const [n, { lid }] of strangers.slice(6).entries())
      await world.queue(`cold ${n + 6}`, world.chat(lid), { priority: "bulk" })
    await world.queue("warm again", warm, { priority: "bulk" })
    await world.sent("warm again")
    const names = strangers.map((_, n) => `cold ${n}`)
    expect(written(world, names).length).toBe(3)
    expect(got()).toBe(3)
    expect(world.named("outbox.failed")).toEqual([])
    console.log(`${written(world, names).length} of ${names.length} strangers written to, 3 allowed a day`)
  },
  patienceMillis
)
