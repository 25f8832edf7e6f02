import { afterEach, expect, test } from "vitest"
import { whatsAppIdOf } from "../../../../contracts/ids.ts"
import { temporaryFolder } from "../session/whole.ts"
import { idOf } from "../world.ts"
import { startLinkedWorld } from "./delivery-world.ts"

let close: () => Promise<void> = async () => {}
afterEach(() => close())

const patienceMillis = 120_000

test(
  "a reply with its quote, a reaction and its removal, an edit and a revoke reach a direct chat and a group",
  async () => {
    using folder = temporaryFolder()
    const world = await startLinkedWorld(folder.path, 21)
    close = world.close
    const { ana, family } = world
    const bea = world.whatsApp.contact({ number: "5511988886666", name: "Bea", addressing: "pn" })
    const team = world.whatsApp.group({ subject: "Team", members: [world.me, ana, bea], addressing: "pn" })
    for (const [place, where] of [
      ["direct", undefined],
      ["family", family],
      ["team", team]
    ] as const) {
      const { chat, id, message, sender } = await world.hear(
        `see https://evil-${place}.example/x now`,
        where === undefined ? {} : { in: where }
      )
      const about = { message, sender }
      const screen = () => (where === undefined ? ana.screen() : ana.screen(where))
      const shown = (name: string) => screen().find((it) => it.id === whatsAppIdOf(idOf(name)))
      const reply = `${place} reply`
      await world.queue(reply, chat, { ...about, body: { text: "mind it", quotes: id } })
      await world.sent(reply)
      expect(shown(reply)).toMatchObject({ text: "mind it", quoted: id, arrivals: 1 })
      const context = shown(reply)?.message.extendedTextMessage?.contextInfo
      expect(context?.quotedMessage?.conversation).toBe("see … now")
      expect(context?.participant?.endsWith(place === "team" ? "@s.whatsapp.net" : "@lid")).toBe(true)

      await world.queue(`${place} edit`, chat, {
        ...about,
        kind: "correction",
        target: idOf(reply),
        body: { text: "it is fine", quotes: id }
      })
      await world.sent(`${place} edit`)
      expect(shown(reply)).toMatchObject({ text: "it is fine", revoked: false })

      await world.queue(`${place} gone`, chat, {
        ...about,
        kind: "retraction",
        standalone: false,
        target: idOf(`${place} edit`),
        body: { text: "", quotes: id }
      })
      await world.sent(`${place} gone`)
      expect(shown(reply)).toMatchObject({ revoked: true })

      const posted = () => screen().find((it) => it.id === id)
      await world.queue(`${place} react`, chat, {
        ...about,
        kind: "reaction",
        body: { text: "⚠️", quotes: id }
      })
      await world.sent(`${place} react`)
      expect([...(posted()?.reactions.values() ?? [])]).toEqual(["⚠️"])
      await world.queue(`${place} unreact`, chat, {
        ...about,
        kind: "retraction",
        standalone: false,
        target: idOf(`${place} react`),
        body: { text: "", quotes: id }
      })
      await world.sent(`${place} unreact`)
      expect([...(posted()?.reactions.values() ?? [])]).toEqual([])
    }
    expect(world.named("outbox.failed")).toEqual([])
    expect(world.named("outbox.claimed").every(({ data }) => data.attempt === 1)).toBe(true)
  },
  patienceMillis
)
