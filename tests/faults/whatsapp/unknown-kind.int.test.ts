import { expect, test } from "vitest"
import { stanza } from "../../loopback-whatsapp/envelope.ts"
import { push } from "../../loopback-whatsapp/push.ts"
import { deviceName } from "../../loopback-whatsapp/simulated-device.ts"
import { makeLives } from "./lives.ts"
import { makeTraffic } from "./traffic.ts"
import { toldWorld } from "./told-world.ts"
import { until } from "./world.ts"

/** Field 2000 of a message, which nobody knows, with three bytes in it. */
const unknownField = Buffer.from([0x82, 0x7d, 3, 1, 2, 3])
/** As the last byte says, so many bytes are padding. */
const padding = Buffer.from([1])

test("a kind of message that Baileys does not know is a counted fact, though it is killed right after it decrypted it", async () => {
  const world = await toldWorld(3)
  try {
    const { me, whatsApp } = world
    const first = world.start()
    await first.ready
    await world.link()
    await first.kill()
    const traffic = makeTraffic(world)
    const lives = makeLives({ world, traffic, saidMax: 4 })
    await lives.rest(6)
    const ana = traffic.people[0]!
    const child = world.start({ death: { point: "journalled", passing: 1 } })
    await child.ready
    await until("it is connected", lives.isConnected)
    const { device } = me.client()
    const part = await ana.device().signal.encrypt(deviceName(device), Buffer.concat([unknownField, padding]))
    const envelope = {
      id: "UNKNOWNKIND",
      chat: { kind: "direct" as const, between: [ana.person, me.person] as const },
      sender: ana.device(),
      time: whatsApp.clock.now(),
      parts: [part],
      attributes: { type: "text" },
      extra: []
    }
    push(whatsApp.world, device, stanza(envelope, me.person))
    expect(await child.gone).toBe("journalled")
    await lives.rest()
    const unread = world.events.filter((event) => event.type === "message.unreadable")
    expect(unread.map(({ data }) => [data.reason, data.fields])).toEqual([["unknown", ["#2000"]]])
  } finally {
    await world.close()
  }
}, 120_000)
