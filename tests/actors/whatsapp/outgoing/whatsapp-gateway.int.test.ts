import { Effect } from "effect"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { temporaryFolder } from "../session/whole.ts"
import { startLinkedWorld } from "./delivery-world.ts"
import { type Chatting, gatewayLaws } from "./gateway.contract.ts"

const patienceMillis = 120_000

describe.each(["direct", "group"] as const)("WhatsApp, in a %s chat", (kind) => {
  const folder = temporaryFolder()
  let world: Awaited<ReturnType<typeof startLinkedWorld>>
  let chatting: Chatting

  beforeAll(async () => {
    world = await startLinkedWorld(folder.path, 41)
    const { ana, family } = world
    const { chat, id, sender } = await world.hear("hello", kind === "group" ? { in: family } : {})
    const screen = () => (kind === "group" ? ana.screen(family) : ana.screen())
    const ours = () => screen().filter((it) => it.id.startsWith("3EB0") && !it.revoked)
    chatting = {
      gateway: world.gateway(),
      chat,
      sender,
      quotes: id,
      shows: (whatsApp, text) => ours().some((it) => it.id === whatsApp && it.text === text),
      count: () => ours().length,
      reaction: () =>
        [
          ...(screen()
            .find((it) => it.id === id)
            ?.reactions.values() ?? [])
        ][0] ?? "",
      pass: Effect.sleep("200 millis")
    }
  }, patienceMillis)

  afterAll(async () => {
    await world.close()
    folder[Symbol.dispose]()
  })

  test.each(gatewayLaws)(
    "%s",
    async (_title, holds) => {
      expect(await Effect.runPromise(holds(chatting))).toBeUndefined()
    },
    patienceMillis
  )

  test("nothing of it reached the log as somebody's message", () => {
    expect(world.named("message.received")).toHaveLength(1)
  })
})
