import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { parseChatExport } from "../../../actors/whatsapp/chat-export/parse.ts"

const fixture = (name: string): string => readFileSync(new URL(`./fixtures/${name}`, import.meta.url), "utf8")

describe("an iPhone export", () => {
  const { messages, unparsed, format } = parseChatExport(fixture("ios-allotment.txt"))

  it("is read whole, with its layout inferred", () => {
    expect(unparsed).toEqual([])
    expect(format).toEqual({
      layout: "bracket",
      dateOrder: "DMY",
      dateOrderFrom: "impossible dates",
      separator: "/",
      clock: "24h",
      seconds: true,
      otherHeaders: 2
    })
  })

  it("tells WhatsApp's own lines from members', although it signs both", () => {
    expect(
      messages.filter(({ system }) => system).map(({ author, text }) => [author, text.slice(0, 30)])
    ).toEqual([
      [undefined, "Messages and calls are end-to-"],
      [undefined, "Ada Byrne created this group"],
      [undefined, "You joined using this group's "],
      [undefined, "Jonas Weber changed the group "],
      [undefined, "Missed voice call"]
    ])
  })

  it("keeps a message of several lines together, with blank lines and dates in it", () => {
    expect(messages[3]).toEqual({
      at: "2024-02-29T08:00:01",
      author: "+44 7700 900123",
      text: "Morning! Rota:\n- Ada: beans\n- Jonas: 12/04\n\nhttps://www.example.com/rota",
      system: false,
      line: 4,
      lines: 5,
      repeat: 0
    })
  })

  it("reads lines that imitate a header as text", () => {
    expect(messages.at(-1)).toMatchObject({ author: "Jonas Weber", lines: 4 })
    expect(messages.at(-1)?.text.split("\n")).toHaveLength(4)
  })

  it("finds attachments with the words beside them", () => {
    expect(messages[4]).toMatchObject({
      author: "~ Mirela",
      attachment: "00000012-PHOTO-2024-02-29-08-01-30.jpg"
    })
    expect(messages[5]).toMatchObject({ attachment: "00000013-rules.pdf", caption: "rules.pdf • 3 pages" })
    expect(messages[10]).toMatchObject({ attachment: "image omitted", caption: "", system: false })
  })

  it("marks what was edited and what was deleted", () => {
    expect(messages[6]).toMatchObject({ text: "Look http://192.0.2.7/login.exe", edited: true })
    expect(messages[7]).toMatchObject({
      author: "Ada Byrne",
      deleted: true,
      text: "This message was deleted."
    })
    expect(messages.filter(({ edited, deleted }) => edited === true || deleted === true)).toHaveLength(2)
  })

  it("leaves locations and polls to their authors", () => {
    expect(messages[11]).toMatchObject({ author: "Ada Byrne", system: false })
    expect(messages[12]).toMatchObject({ author: "Ada Byrne", system: false, lines: 4 })
  })

  it("numbers what was said twice at the same second", () => {
    expect(messages.slice(8, 10).map(({ text, repeat }) => [text, repeat])).toEqual([
      ["ok", 0],
      ["ok", 1]
    ])
  })
})

describe("an Android export", () => {
  const { messages } = parseChatExport(fixture("android-huerto.txt"))

  it("has no authors on system lines, even when a quoted name holds a colon", () => {
    expect(messages.filter(({ system }) => system).map(({ text }) => text)).toEqual([
      "Los mensajes y las llamadas están cifrados de extremo a extremo. Toca para obtener más información.",
      'Tía Rosa creó el grupo "Huerto: vecinos"',
      "Tía Rosa te añadió",
      'Pepe cambió el asunto de "Huerto: vecinos" a "Huerto: otoño"'
    ])
  })

  it("finds attachments, captions, deletions and edits in its language", () => {
    expect(messages[4]).toMatchObject({ attachment: "IMG-20230913-WA0001.jpg", caption: "el gato con gafas" })
    expect(messages[5]).toMatchObject({ attachment: "Multimedia omitido", text: "<Multimedia omitido>" })
    expect(messages[6]).toMatchObject({ deleted: true })
    expect(messages[7]).toMatchObject({ text: "mirad https://xn--pypal-4ve.example/signin", edited: true })
  })

  it("counts repeats for each author", () => {
    expect(messages.slice(-3).map(({ author, repeat }) => [author, repeat])).toEqual([
      ["Pepe", 0],
      ["Tía Rosa", 0],
      ["Pepe", 1]
    ])
  })
})
