import { readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { afterEach, expect, test, vi } from "vitest"
import type { AnyRecorded } from "../../../../../contracts/catalogue.ts"
import { image } from "../../../../loopback-whatsapp/messages.ts"
import { temporaryFolder } from "../../session/whole.ts"
import { named, startLoopbackWorld } from "../loopback-world.ts"
import { pictureOfCodes, png } from "./pictures-made.ts"

let close: () => Promise<void> = async () => {}
afterEach(() => close())

const makeWorld = async (folder: string, seed: number) => {
  const world = await startLoopbackWorld(folder, seed, { mediaHost: true })
  close = world.close
  const ana = world.whatsApp.contact({ number: "5511988880001", name: "Ana" })
  const family = world.whatsApp.group({ subject: "Family", members: [world.me, ana] })
  const media = world.whatsApp.media!
  return {
    ...world,
    ana,
    family,
    media,
    /** The texts of what was received, once as many as these are there. */
    texts: async (count: number) => {
      const all = await world.events((events) => named(events, "message.received").length >= count)
      return named(all, "message.received").map(({ data }) => ({
        place: data.place,
        ...world.said(data.said)
      }))
    },
    sends: async (content: Uint8Array, caption = "") =>
      ana.send(image(caption, await media.store("image", content)), { in: family })
  }
}

const unreadIn = (events: ReadonlyArray<AnyRecorded>) =>
  named(events, "message.unreadable").map(({ data }) => data.reason)

/** Every byte that is on the disk. */
const filesBelow = (folder: string): ReadonlyArray<Buffer> =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path))

test("the codes of real pictures are in the log once, through kills and re-uploads, and nothing of a picture is on the disk", async () => {
  using folder = temporaryFolder()
  const world = await makeWorld(folder.path, 31)
  const { ana, family, me, media } = world
  await world.start({ pictures: true })
  await world.link()

  const canary = pictureOfCodes("https://canary-of-pictures.example/", "https://second.example/")
  const id = await world.sends(canary, "look")
  const [words, picture] = await world.texts(2)
  expect(words).toMatchObject({ text: "look", whatsAppId: id })
  expect(picture).toMatchObject({ place: "picture", whatsAppId: id })
  expect(picture!.text!.split("\n").toSorted()).toEqual([
    "https://canary-of-pictures.example/",
    "https://second.example/"
  ])
  expect(media.asked).toHaveLength(1)

  // The media host is out of order; who waits for it is killed.
  media.failWith = 503
  await world.sends(pictureOfCodes("https://killed.example/"), "while it waits")
  await vi.waitUntil(() => media.asked.length === 2, { timeout: 20_000 })
  await world.texts(3)
  await world.kill()
  const waiting = filesBelow(folder.path)
  media.failWith = undefined
  await world.start({ pictures: true })
  expect((await world.texts(4)).at(-1)).toMatchObject({ place: "picture", text: "https://killed.example/" })

  // What the host does not have any more, our phone has, or has not either.
  const old = await media.store("image", pictureOfCodes("https://old.example/"))
  media.withdraw(old)
  me.hasMedia("OLD", old)
  await ana.send(image("", old), { in: family, id: "OLD" })
  expect((await world.texts(6)).at(-1)).toMatchObject({ text: "https://old.example/", whatsAppId: "OLD" })
  const lost = await media.store("image", pictureOfCodes("https://lost.example/"))
  media.withdraw(lost)
  await ana.send(image("", lost), { in: family })
  expect(unreadIn(await world.events((events) => unreadIn(events).length === 1))).toEqual(["absent"])

  // What is hostile is counted, and holds nobody up.
  await world.sends(png({ width: 50_000, height: 50_000 }, Buffer.alloc(10)))
  await world.sends(png({ width: 10, height: 10 }, Buffer.alloc(100 * 1024 * 1024)))
  await world.sends(pictureOfCodes("https://cut.example/").subarray(0, 80))
  await world.sends(pictureOfCodes("https://last.example/"))
  const all = await world.events(
    (events) =>
      unreadIn(events).length === 4 &&
      named(events, "message.received").some(
        ({ data }) => world.said(data.said)?.text === "https://last.example/"
      )
  )
  expect(unreadIn(all).toSorted()).toEqual(["absent", "malformed", "unsupported", "unsupported"])
  const places = named(all, "message.received").filter(({ data }) => data.place === "picture")
  expect(places).toHaveLength(4)

  await world.kill()
  const traces = [
    Buffer.from("canary-of-pictures"),
    Buffer.from("killed.example"),
    canary.subarray(50, 82),
    ...[...media.files.values()].map((file) => file.subarray(0, 32))
  ]
  for (const bytes of [...waiting, ...filesBelow(folder.path)])
    for (const trace of traces) expect(bytes.includes(trace)).toBe(false)
})

test("where it is switched off no picture is asked for", async () => {
  using folder = temporaryFolder()
  const world = await makeWorld(folder.path, 32)
  await world.start()
  await world.link()
  await world.sends(pictureOfCodes("https://evil.example/"), "look")
  await world.ana.say("and this", { in: world.family })
  expect((await world.texts(2)).map(({ text }) => text)).toEqual(["look", "and this"])
  await world.kill()
  expect(world.media.asked).toEqual([])
})
