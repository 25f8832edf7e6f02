import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect } from "effect"
import * as fc from "fast-check"
import { strToU8, zipSync, type Zippable } from "fflate"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { chatNameIn } from "../../../actors/whatsapp/chat-export/chat-name.ts"
import { ChatExportError } from "../../../actors/whatsapp/chat-export/error.ts"
import { chatTextBytesMax } from "../../../actors/whatsapp/chat-export/limits.ts"
import { openChatExport } from "../../../actors/whatsapp/chat-export/open.ts"
import { makeExport } from "./fixtures/make-export.ts"

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "wadjet-chat-export-"))
})
afterAll(() => rm(folder, { recursive: true }))

const saved = async (name: string, contents: Uint8Array | string): Promise<string> => {
  const path = join(folder, name)
  await mkdir(join(path, ".."), { recursive: true })
  await writeFile(path, contents)
  return path
}

const opened = (path: string) => Effect.runPromise(openChatExport(path))

const failure = async (path: string): Promise<ChatExportError> => {
  const error = await Effect.runPromise(Effect.flip(openChatExport(path)))
  expect(error).toBeInstanceOf(ChatExportError)
  expect(error.message).toContain(path)
  return error
}

const chat = makeExport({ messages: 200, seed: 5, format: "ios-en-GB" })

const zipped = (files: Record<string, string | Uint8Array>): Uint8Array => {
  const entries: Zippable = {}
  for (const [name, contents] of Object.entries(files)) {
    entries[name] = typeof contents === "string" ? strToU8(contents) : contents
  }
  return zipSync(entries)
}

const photo = new Uint8Array(5_000).fill(7)

describe("openChatExport", () => {
  it("opens an iPhone's zip and names the chat after it", async () => {
    const path = await saved(
      "WhatsApp Chat - Family.zip",
      zipped({ "00000012-PHOTO.jpg": photo, "_chat.txt": chat })
    )
    const { name, text, source } = await opened(path)
    expect(name).toBe("Family")
    expect(text).toBe(chat)
    expect(source).toEqual({
      kind: "zip",
      entry: "_chat.txt",
      bytes: Buffer.byteLength(chat),
      encoding: "utf-8"
    })
  })

  it("opens an Android zip, and is not misled by a text sent in the chat", async () => {
    const files = {
      "notes.txt": "not the chat",
      "Chat de WhatsApp con Huerto.txt": chat,
      "IMG-20240301-WA0001.jpg": photo
    }
    const { name, text } = await opened(await saved("descarga.zip", zipped(files)))
    expect(name).toBe("Huerto")
    expect(text).toBe(chat)
  })

  it("finds the chat by its contents when no name tells", async () => {
    const files = { "a.txt": "a longer text that is no chat at all\n".repeat(900), "b.txt": chat }
    const { name, text, source } = await opened(await saved("renamed.zip", zipped(files)))
    expect(name).toBe("renamed")
    expect(text).toBe(chat)
    expect(source).toMatchObject({ entry: "b.txt" })
  })

  it("opens a stored entry, and one in a folder beside what macOS adds", async () => {
    const stored = zipSync({ "_chat.txt": [strToU8(chat), { level: 0 }] })
    expect((await opened(await saved("stored.zip", stored))).text).toBe(chat)
    const nested = zipped({ "__MACOSX/x/._chat.txt": "junk", "WhatsApp Chat - Ada/_chat.txt": chat })
    expect((await opened(await saved("nested.zip", nested))).text).toBe(chat)
  })

  it("opens a bare text and names the chat after it or its folder", async () => {
    const android = await opened(await saved("WhatsApp Chat with Family.txt", chat))
    expect(android).toMatchObject({ name: "Family", text: chat, source: { kind: "text", encoding: "utf-8" } })
    expect((await opened(await saved("WhatsApp Chat - Ada/_chat.txt", chat))).name).toBe("Ada")
    expect((await opened(await saved("export.txt", chat))).name).toBe("export")
  })

  it("tells a zip by its contents, not its name", async () => {
    const { source } = await opened(await saved("zip-in-disguise.txt", zipped({ "_chat.txt": chat })))
    expect(source.kind).toBe("zip")
  })

  it.each([
    ["utf-8", Buffer.from(`\ufeff${chat}`, "utf8")],
    ["utf-16le", Buffer.from(`\ufeff${chat}`, "utf16le")],
    ["utf-16be", Buffer.from(`\ufeff${chat}`, "utf16le").swap16()]
  ])("reads %s with a byte order mark", async (encoding, bytes) => {
    const { text, source } = await opened(await saved(`${encoding}.txt`, bytes))
    expect(text).toBe(chat)
    expect(source.encoding).toBe(encoding)
  })

  it("keeps a chat with a broken character", async () => {
    const bytes = Buffer.concat([Buffer.from(chat), Buffer.from([0xed, 0xa0, 0xbd])])
    expect((await opened(await saved("broken-character.txt", bytes))).text.startsWith(chat)).toBe(true)
  })
})

describe("openChatExport refuses", () => {
  it("what is not there", async () => {
    const error = await failure(join(folder, "nowhere.zip"))
    expect(error.reason).toBe("missing")
    expect(error.message).toMatch(/expected a file at this path, found nothing\. To go on, check the path/)
  })

  it("a folder", async () => {
    expect((await failure(folder)).reason).toBe("directory")
  })

  it("a .zip that is none", async () => {
    expect((await failure(await saved("fake.zip", "hello"))).reason).toBe("not-a-zip")
    expect((await failure(await saved("empty.zip", ""))).message).toContain("an empty file")
  })

  it("a zip without a chat, saying what it holds", async () => {
    const error = await failure(await saved("photos.zip", zipped({ "a.jpg": photo, "b.txt": "no chat" })))
    expect(error.reason).toBe("no-chat")
    expect(error.message).toContain("“a.jpg”, “b.txt”")
    expect((await failure(await saved("nothing.zip", zipped({})))).reason).toBe("no-chat")
  })

  it("an encrypted zip", async () => {
    const bytes = zipped({ "_chat.txt": chat })
    const directory = Buffer.from(bytes).indexOf(Buffer.from([0x50, 0x4b, 1, 2]))
    bytes[directory + 8] = bytes[directory + 8]! | 1
    expect((await failure(await saved("locked.zip", bytes))).reason).toBe("encrypted")
  })

  it("a method of packing that WhatsApp does not use", async () => {
    const bytes = zipped({ "_chat.txt": chat })
    const directory = Buffer.from(bytes).indexOf(Buffer.from([0x50, 0x4b, 1, 2]))
    bytes[directory + 10] = 14
    expect((await failure(await saved("lzma.zip", bytes))).reason).toBe("compression")
  })

  it("a text that its zip declares too large, without unpacking it", async () => {
    const bytes = zipped({ "_chat.txt": chat })
    const directory = Buffer.from(bytes).indexOf(Buffer.from([0x50, 0x4b, 1, 2]))
    new DataView(bytes.buffer, bytes.byteOffset).setUint32(directory + 24, chatTextBytesMax + 1, true)
    const error = await failure(await saved("declared-bomb.zip", bytes))
    expect(error.reason).toBe("too-large")
    expect(error.message).toContain("128.0 MiB")
  })

  it("a text larger than its zip declares, as soon as it passes that", async () => {
    const bytes = zipped({ "_chat.txt": "x".repeat(20_000_000) })
    const directory = Buffer.from(bytes).indexOf(Buffer.from([0x50, 0x4b, 1, 2]))
    new DataView(bytes.buffer, bytes.byteOffset).setUint32(directory + 24, 100, true)
    expect((await failure(await saved("hidden-bomb.zip", bytes))).reason).toBe("damaged")
  })

  it("a zip cut short", async () => {
    const bytes = zipped({ "_chat.txt": chat })
    expect((await failure(await saved("cut.zip", bytes.subarray(0, bytes.length - 40)))).reason).toBe(
      "damaged"
    )
  })

  it("a changed byte in the chat", async () => {
    const bytes = zipSync({ "_chat.txt": [strToU8(chat), { level: 0 }] })
    bytes[500] = bytes[500]! ^ 1
    expect((await failure(await saved("changed.zip", bytes))).reason).toBe("damaged")
  })

  it("a picture", async () => {
    const picture = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13])
    expect((await failure(await saved("picture.txt", picture))).reason).toBe("not-text")
    const latin = Buffer.from("é".repeat(100), "latin1")
    expect((await failure(await saved("latin.txt", latin))).message).toContain("that are not UTF-8")
  })

  it("any damage to a zip with a ChatExportError, never otherwise", async () => {
    const whole = zipped({ "_chat.txt": chat, "IMG.jpg": photo })
    const at = fc.integer({ min: 0, max: whole.length - 1 })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(at, fc.nat(255)), { minLength: 1, maxLength: 5 }),
        at,
        async (changes, from) => {
          const bytes = whole.slice()
          // Half of the changes go where the structure is: the last bytes.
          for (const [place, value] of changes)
            bytes[place % 2 === 0 ? place : bytes.length - 1 - (place % 120)] = value
          const path = await saved("fuzzed", from % 4 === 0 ? bytes.subarray(0, from) : bytes)
          const outcome = openChatExport(path).pipe(Effect.catch((error) => Effect.succeed(error)))
          const value = await Effect.runPromise(outcome)
          expect(
            value instanceof ChatExportError || value.source.kind === "zip" || value.name === "fuzzed"
          ).toBe(true)
        }
      ),
      { numRuns: 200 }
    )
  })
})

describe("the chat's name", () => {
  it.each([
    ["WhatsApp Chat with Family.txt", "Family"],
    ["WhatsApp Chat - Family.zip", "Family"],
    ["WhatsApp Chat with Family (1).zip", "Family"],
    ["Chat de WhatsApp con Tía Rosa.txt", "Tía Rosa"],
    ["WhatsApp Chat mit Jonas.txt", "Jonas"],
    ["WhatsApp-Chat mit Jonas.txt", "Jonas"],
    ["Discussion WhatsApp avec Léa.txt", "Léa"],
    ["Conversa do WhatsApp com João.txt", "João"],
    ["Chat WhatsApp con Gruppo.txt", "Gruppo"],
    ["WhatsApp-chat met Buren.txt", "Buren"],
    ["Чат WhatsApp с Иваном.txt", "Иваном"],
    ["Ece ile WhatsApp Sohbeti.txt", "Ece"],
    ["Chat WhatsApp dengan Budi.txt", "Budi"],
    ["دردشة واتساب مع ليلى.txt", "ليلى"],
    ["צ'אט WhatsApp עם נועה.txt", "נועה"],
    ["मीरा के साथ WhatsApp चैट.txt", "मीरा"],
    ["花とのWhatsAppチャット.txt", "花"],
    ["민수님과의 WhatsApp 대화.txt", "민수"],
    ["WhatsApp 與 小雨 的對話.txt", "小雨"],
    ["WhatsApp-keskustelu henkilön Aino kanssa.txt", "Aino"],
    ["/exports/2024/WhatsApp Chat with a - b.txt", "a - b"],
    ["notes.txt", undefined],
    ["WhatsApp Chat with .txt", undefined]
  ])("in %s is %s", (path, name) => {
    expect(chatNameIn(path)).toBe(name)
  })
})
