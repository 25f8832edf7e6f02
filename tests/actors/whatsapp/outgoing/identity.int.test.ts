import { afterEach, expect, test } from "vitest"
import { whatsAppIdOf } from "../../../../contracts/ids.ts"
import { temporaryFolder } from "../session/whole.ts"
import { idOf } from "../world.ts"
import { startLinkedWorld } from "./delivery-world.ts"

let close: () => Promise<void> = async () => {}
afterEach(() => close())

test("somebody who passes from a number to a LID while words wait is one person in one chat, told once", async () => {
  using folder = temporaryFolder()
  const world = await startLinkedWorld(folder.path, 51)
  close = world.close
  const { me, whatsApp } = world
  const bea = whatsApp.contact({ number: "5511988886666", name: "Bea", addressing: "pn" })
  bea.speakAs("pn", false)
  const before = await world.hear("see https://evil.example/x", {}, bea)
  const about = { message: before.message, sender: before.sender }
  await world.queue("warning", before.chat, { ...about, body: { text: "mind it", quotes: before.id } })
  await world.sent("warning")

  // Away, while the words about it change and she becomes known by her LID.
  whatsApp.faults.loginFailures.push("unavailable")
  me.client().drop()
  await world.until("the connection is down", () => !me.client().isConnected())
  await world.queue("calm", before.chat, {
    ...about,
    kind: "correction",
    target: idOf("warning"),
    body: { text: "it is fine", quotes: before.id }
  })
  await world.queue("note", before.chat, { ...about, body: { text: "one more", quotes: before.id } })
  bea.speakAs("lid")
  const after = await world.hear("and now?", {}, bea)
  await world.sent("calm")
  await world.sent("note")
  await world.queue("answer", after.chat, {
    message: after.message,
    sender: after.sender,
    body: { text: "now this", quotes: after.id }
  })
  await world.sent("answer")

  const oldest = (token: typeof before.chat | typeof before.sender) => world.keyring.pseudonymsOf(token)[0]
  expect(oldest(after.chat)).toBe(oldest(before.chat))
  expect(oldest(after.sender)).toBe(oldest(before.sender))
  const ours = bea.screen().filter(({ id }) => id.startsWith("3EB0"))
  expect(ours.map(({ id, text, arrivals, quoted }) => [id, text, arrivals, quoted])).toEqual([
    [whatsAppIdOf(idOf("warning")), "it is fine", 1, before.id],
    [whatsAppIdOf(idOf("note")), "one more", 1, before.id],
    [whatsAppIdOf(idOf("answer")), "now this", 1, after.id]
  ])
  expect(new Set(ours.map(({ chat }) => chat)).size).toBe(1)
  // Every stanza went to the one address that she has in the end.
  const to = whatsApp.witness
    .stanzas("in", "message")
    .filter(({ attrs }) => attrs["id"]?.startsWith("3EB0"))
    .map(({ attrs }) => attrs["to"])
  expect(new Set(to.slice(1))).toEqual(new Set([bea.lid]))
  expect(world.named("outbox.failed")).toEqual([])
}, 120_000)
