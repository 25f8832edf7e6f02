import { createHash } from "node:crypto"
import { mkdirSync, truncateSync, writeFileSync } from "node:fs"
import { globalAgent } from "node:https"
import { join } from "node:path"
import { afterEach, expect, test } from "vitest"
import { whatsAppIdOf } from "../../../../contracts/ids.ts"
import { type MediaReference, mediaBytesMax } from "../../../../contracts/outbox.ts"
import { temporaryFolder } from "../session/whole.ts"
import { idOf } from "../world.ts"
import { startLinkedWorld } from "./delivery-world.ts"

let close: () => Promise<void> = async () => {}
afterEach(() => close())

const patienceMillis = 120_000
const content = Buffer.from("what the file says")
const digest = createHash("sha256").update(content).digest("hex")

const reference = (kind: MediaReference["kind"], change: Partial<MediaReference> = {}): MediaReference => ({
  kind,
  file: "a.bin",
  sha256: digest,
  mime: kind === "document" ? "text/plain" : `${kind}/x-test`,
  ...change
})

const worldWithFile = async (folder: string, seed: number) => {
  const world = await startLinkedWorld(folder, seed, { mediaHost: true })
  const certificates = globalAgent.options.ca
  globalAgent.options.ca = world.whatsApp.media!.certificate
  close = async () => {
    globalAgent.options.ca = certificates
    await world.close()
  }
  mkdirSync(join(folder, "media"))
  writeFileSync(join(folder, "media", "a.bin"), content)
  return world
}

test(
  "files of every kind reach a chat with their captions and quotes, as they are",
  async () => {
    using folder = temporaryFolder()
    const world = await worldWithFile(folder.path, 61)
    const { ana, whatsApp } = world
    const { chat, id, message, sender } = await world.hear("send it")
    for (const kind of ["image", "video", "audio", "document"] as const) {
      await world.queue(kind, chat, {
        kind: "media",
        message,
        sender,
        body: { text: `a ${kind}`, quotes: id, media: reference(kind, { name: "report.txt" }) }
      })
      await world.sent(kind)
      const shown = ana.screen().find((it) => it.id === whatsAppIdOf(idOf(kind)))!
      const { audioMessage, documentMessage, imageMessage, videoMessage } = shown.message
      const got = {
        image: imageMessage,
        video: videoMessage,
        audio: audioMessage,
        document: documentMessage
      }[kind]!
      expect(got.mimetype).toBe(reference(kind).mime)
      expect(got.contextInfo?.stanzaId).toBe(id)
      // What is only heard has no caption.
      expect(shown.text).toBe(kind === "audio" ? "" : `a ${kind}`)
      expect(await whatsApp.media!.open(kind, got)).toEqual(content)
    }
    expect(ana.screen().at(-1)?.message.documentMessage?.fileName).toBe("report.txt")
  },
  patienceMillis
)

test(
  "a file that is missing, too large, or not what it was, is not sent, and what follows is",
  async () => {
    using folder = temporaryFolder()
    const world = await worldWithFile(folder.path, 62)
    const { ana } = world
    const { chat } = await world.hear("send it")
    const large = join(folder.path, "media", "large.bin")
    writeFileSync(large, "")
    truncateSync(large, mediaBytesMax.image + 1)
    const bad = {
      missing: reference("image", { file: "b.bin" }),
      large: reference("image", { file: "large.bin" }),
      changed: reference("image", { sha256: "0".repeat(64) })
    }
    for (const [name, media] of Object.entries(bad))
      await world.queue(name, chat, { kind: "media", body: { text: "", media } })
    await world.queue("after", chat)
    await world.sent("after")
    expect(world.named("outbox.failed").map(({ data }) => [data.outbox, data.reason])).toEqual([
      [idOf("missing"), expect.stringContaining("expected the file b.bin in the folder media, found none")],
      [idOf("large"), expect.stringContaining("expected a file of at most 16000000 bytes")],
      [idOf("changed"), expect.stringContaining("it was changed")]
    ])
    expect(ana.screen().filter(({ id }) => id.startsWith("3EB0"))).toMatchObject([{ text: "after" }])
  },
  patienceMillis
)

test(
  "an upload that fails is tried again, and what is sent then is sent once",
  async () => {
    using folder = temporaryFolder()
    const world = await worldWithFile(folder.path, 63)
    const { ana, whatsApp } = world
    const { chat } = await world.hear("send it")
    whatsApp.media!.failWith = 503
    await world.queue("a", chat, { kind: "media", body: { text: "", media: reference("document") } })
    await world.until("it was tried", () => whatsApp.media!.failures > 0)
    whatsApp.media!.failWith = undefined
    await world.sent("a")
    expect(whatsApp.timesSent(whatsAppIdOf(idOf("a")))).toBe(1)
    expect(ana.screen().filter(({ id }) => id.startsWith("3EB0"))).toHaveLength(1)
  },
  patienceMillis
)
