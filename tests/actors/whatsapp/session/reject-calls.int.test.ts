import { afterEach, expect, test } from "vitest"
import { startLinkedWorld } from "../outgoing/delivery-world.ts"
import { temporaryFolder } from "./whole.ts"

let close: () => Promise<void> = async () => {}
afterEach(() => close())

const patienceMillis = 120_000

/** The calls that the client rejected, by their ids, as the server took them off the wire. */
const rejected = (world: Awaited<ReturnType<typeof startLinkedWorld>>) =>
  world.whatsApp.witness
    .stanzas("in", "call")
    .flatMap(({ content }) => (Array.isArray(content) ? content : []))
    .flatMap(({ attrs, tag }) => (tag === "reject" ? [attrs["call-id"]] : []))

test(
  "a call is rejected as it rings where the operator wants it, once, and the log says whose it was",
  async () => {
    using folder = temporaryFolder()
    const world = await startLinkedWorld(folder.path, 63, { calls: "reject" })
    close = world.close
    const { ana } = world
    const { sender } = await world.hear("hello")
    const voice = ana.call("offer")
    const video = ana.call("offer", undefined, undefined, true)
    ana.call("terminate", voice)
    const facts = await world.until("both are recorded", () => {
      const found = world.named("session.call-rejected")
      return found.length === 2 && found
    })
    expect(rejected(world)).toEqual([voice, video])
    expect(facts.map(({ data }) => data)).toEqual([
      { caller: sender, kind: "voice", isGroup: false },
      { caller: sender, kind: "video", isGroup: false }
    ])
  },
  patienceMillis
)

test(
  "a call rings where nothing was said about calls",
  async () => {
    using folder = temporaryFolder()
    const world = await startLinkedWorld(folder.path, 64)
    close = world.close
    world.ana.call("offer")
    // What is said after it is heard after it.
    await world.hear("I tried to call you")
    expect(rejected(world)).toEqual([])
    expect(world.named("session.call-rejected")).toEqual([])
  },
  patienceMillis
)
