import { readFileSync } from "node:fs"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { chatExport } from "../../../actors/operator/batch/chat-export.ts"
import { parseChatExport, type ParsedExport } from "../../../actors/whatsapp/chat-export/parse.ts"
import {
  type ExportLook,
  type ExportLookName,
  exportLooks,
  makeExport,
  renderExport,
  type SyntheticMessage
} from "./fixtures/make-export.ts"

const fixture = (name: string): string => readFileSync(new URL(`./fixtures/${name}`, import.meta.url), "utf8")

const lookNames = Object.keys(exportLooks) as ReadonlyArray<ExportLookName>

const only = (text: string) => {
  const { messages } = parseChatExport(text)
  expect(messages).toHaveLength(1)
  return messages[0]!
}

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

describe("dates", () => {
  // Each is 21:05 (and 7 seconds where written) on 1 March 2024 as one locale writes it.
  it.each([
    ["Arabic, Egypt", "١\u200f/٣\u200f/٢٠٢٤، ٩:٠٥ م - ليلى: x"],
    ["Arabic, Umm al-Qura", "1445/8/20، 9:05 م - ليلى: x"],
    ["Bulgarian", "1.03.24 г., 21:05 ч. - Иван: x"],
    ["Chinese, mainland", "2024/3/1 下午9:05 - 小雨: x"],
    ["Chinese, Taiwan", "[2024/3/1 晚上9:05:07] 小雨: x"],
    ["Chinese, Hong Kong", "1/3/2024 下午9:05 - 小雨: x"],
    ["Chinese, with 年月日", "2024年3月1日 下午9:05 - 小雨: x"],
    ["Chinese, Republic of China era", "113/3/1 下午9:05 - 小雨: x"],
    ["Croatian", "01. 03. 2024. 21:05 - Ana: x"],
    ["Czech", "01.03.24 9:05 odp. - Jan: x"],
    ["Danish", "[01/03/2024 21.05.07] Nina: x"],
    ["English, Canada", "2024-03-01, 9:05 p.m. - Ada: x"],
    ["English, with a narrow blank", "01/03/2024, 9:05\u202fpm - Ada: x"],
    ["Finnish", "1.3.2024 klo 21.05 - Aino: x"],
    ["French", "01/03/2024 à 21:05 - Léa: x"],
    ["French, Canada", "2024-03-01 21 h 05 - Léa: x"],
    ["German, before 2015", "01.03.24, 21:05:07: Jonas: x"],
    ["Greek", "[1/3/24, 9:05:07 μ.μ.] Νίκη: x"],
    ["Hebrew", '1.3.2024, 9:05 אחה"צ - נועה: x'],
    ["Hindi", "1/3/24, 9:05 अपराह्न - मीरा: x"],
    ["Hungarian", "2024. 03. 01. du. 9:05 - Éva: x"],
    ["Indonesian", "01/03/24 21.05 - Budi: x"],
    ["Japanese", "[2024/03/01 午後9:05:07] 花: x"],
    ["Korean", "24. 3. 1. 오후 9:05 - 민수: x"],
    ["Malay", "1/03/24, 9:05 PTG - Aminah: x"],
    ["Marathi digits", "१/३/२४, ९:०५ PM - मीरा: x"],
    ["Persian calendar and digits", "۱۴۰۲/۱۲/۱۱, ۲۱:۰۵ - سارا: x"],
    ["Spanish, Mexico", "1/3/2024, 9:05 p. m. - Sol: x"],
    ["Spanish, with no-break blanks", "1/3/2024, 9:05\u00a0p.\u00a0m. - Sol: x"],
    ["Thai, Buddhist era", "1/3/2567 21:05 - ส้ม: x"],
    ["Thai, short Buddhist year", "1/3/67 21:05 - ส้ม: x"],
    ["Turkish", "[1.03.2024 ÖS 9:05:07] Ece: x"],
    ["Vietnamese, time first", "21:05 1/3/24 - An: x"],
    ["blanks between the numbers", "1 3 2024, 21:05 - Ada: x"],
    ["an en dash", "01/03/2024, 21:05 – Ada: x"],
    ["a byte order mark", "\ufeff01/03/2024, 21:05 - Ada: x"],
    ["a mark before the bracket", "\u200e[01/03/2024, 21:05:07] Ada: x"]
  ])("are read as %s", (_, text) => {
    expect(only(text)).toMatchObject({ at: expect.stringMatching(/^2024-03-01T21:05:0[07]$/), text: "x" })
  })

  it.each([
    ["midnight", "12:05 AM", "00:05"],
    ["noon", "12:05 PM", "12:05"],
    ["Chinese noon", "中午12:05", "12:05"],
    ["the hour after Chinese noon", "中午1:05", "13:05"],
    ["the small hours", "凌晨12:05", "00:05"],
    ["Japanese hours from zero", "午後0:05", "12:05"]
  ])("know %s", (_, written, time) => {
    expect(only(`2024/3/1 ${written} - A: x`).at).toBe(`2024-03-01T${time}:00`)
  })

  it("are told by an impossible month, wherever in the file it stands", () => {
    const text = "03/04/24, 10:00 - A: x\n04/04/24, 10:00 - A: y\n04/13/24, 10:00 - A: z"
    expect(parseChatExport(text).messages.map(({ at }) => at.slice(0, 10))).toEqual([
      "2024-03-04",
      "2024-04-04",
      "2024-04-13"
    ])
  })

  it("are told by the order of time when every number could be a month", () => {
    const text = "03/11/24, 10:00 - A: x\n04/11/24, 10:00 - A: y\n01/12/24, 10:00 - A: z"
    const { messages, format } = parseChatExport(text)
    expect(messages.map(({ at }) => at.slice(0, 10))).toEqual(["2024-11-03", "2024-11-04", "2024-12-01"])
    expect(format).toMatchObject({ dateOrder: "DMY", dateOrderFrom: "order of time" })
  })

  it.each([
    ["day first in general", "03/04/24, 21:05 - A: x", "2024-04-03"],
    ["month first for the American way of writing", "3/4/24, 9:05 PM - A: x", "2024-03-04"],
    ["day first when the numbers are padded", "03/04/24, 9:05 PM - A: x", "2024-04-03"],
    ["day first when one of the numbers is padded", "1/03/24, 9:05 PM - A: x", "2024-03-01"],
    ["day first when AM and PM are small", "3/4/24, 9:05 pm - A: x", "2024-04-03"]
  ])("default to %s", (_, text, date) => {
    expect(only(text).at.slice(0, 10)).toBe(date)
    expect(parseChatExport(text).format?.dateOrderFrom).toBe("default")
  })

  it("are not read as a year before WhatsApp", () => {
    expect(only("24/3/08, 21:05 - A: x").at).toBe("2024-03-08T21:05:00")
  })

  it("follow the caller's order rather than a guess", () => {
    const { messages, format } = parseChatExport("03/04/24, 21:05 - A: x", { dateOrder: "MDY" })
    expect(messages[0]?.at).toBe("2024-03-04T21:05:00")
    expect(format?.dateOrderFrom).toBe("option")
  })

  it("do not follow an order that the year's place rules out", () => {
    const { messages } = parseChatExport("2024-03-01, 21:05 - A: x", { dateOrder: "MDY" })
    expect(messages[0]?.at).toBe("2024-03-01T21:05:00")
  })

  it.each([
    "31/02/2024, 10:00 - A: x",
    "29/02/2023, 10:00 - A: x",
    "01/03/2024, 24:00 - A: x",
    "01/03/2024, 10:60 - A: x"
  ])("that do not exist are no header: %s", (line) => {
    const { messages } = parseChatExport(`25/12/2023, 09:00 - B: before\n${line}`)
    expect(messages.map(({ text }) => text)).toEqual([`before\n${line}`])
  })
})

describe("authors", () => {
  it.each([
    ["a phone number between marks", "\u202a+44 7700 900123\u202c", "+44 7700 900123"],
    ["a push name", "~\u202fMirela", "~ Mirela"],
    ["a colon inside", "Re:Bob 10:30", "Re:Bob 10:30"],
    ["an emoji and a dash", "Zoë 🌱 - home", "Zoë 🌱 - home"],
    ["a quotation mark", '12" vinyl', '12" vinyl'],
    ["brackets", "[Ada]", "[Ada]"]
  ])("may have %s", (_, written, author) => {
    expect(only(`[01/03/2024, 21:05:00] ${written}: hi: there`)).toMatchObject({ author, text: "hi: there" })
  })

  it("may have a colon and a blank when the caller names them", () => {
    const text = "01/03/2024, 21:05 - Team: Alpha: hi: there"
    expect(parseChatExport(text, { authors: ["Team: Alpha"] }).messages[0]).toMatchObject({
      author: "Team: Alpha",
      text: "hi: there"
    })
  })

  it("may say nothing on their first line", () => {
    expect(only("01/03/2024, 21:05 - Ada:\nbelow")).toMatchObject({ author: "Ada", text: "\nbelow" })
  })
})

describe("system lines", () => {
  it.each([
    [
      "Messages and calls are end-to-end encrypted. No one outside of this chat, not even WhatsApp, can read them."
    ],
    ["Nachrichten und Anrufe sind Ende-zu-Ende-verschlüsselt."],
    ["Les messages et les appels sont chiffrés de bout en bout."],
    ["As mensagens e ligações são protegidas com a criptografia de ponta a ponta."],
    ["Mesajlar ve aramalar uçtan uca şifrelidir."],
    ["訊息和通話已受端對端加密保護。"]
  ])("are known without their mark: %s", (text) => {
    expect(only(`[01/03/2024, 21:05:00] Ada: ${text}`)).toMatchObject({ system: true, text })
  })

  it("are known in any language when the signed actor is their subject", () => {
    expect(only("[01/03/2024, 21:05:00] Ada: \u200eAda het iets gedoen").system).toBe(true)
  })

  it("never take a message with a web address from its author", () => {
    const text = "[01/03/2024, 21:05:00] Eve: \u200eEve changed the group name to http://192.0.2.7/login.exe"
    expect(only(text)).toMatchObject({ author: "Eve", system: false })
  })

  it("do not include what people write about such events", () => {
    expect(only("[01/03/2024, 21:05:00] Ada: Jonas left his keys, and Mia changed the subject").system).toBe(
      false
    )
  })
})

describe("attachments", () => {
  it.each([
    ["IMG-20240301-WA0001.jpg (file attached)", "IMG-20240301-WA0001.jpg"],
    ["\u200eVID-20240301-WA0002.mp4 (Datei angehängt)", "VID-20240301-WA0002.mp4"],
    ["Année 2024.pdf (fichier joint)", "Année 2024.pdf"],
    ["PTT-20240301-WA0003.opus (in some other language)", "PTT-20240301-WA0003.opus"],
    ["\u200e<adjunto: 00000004-AUDIO-2024-03-01-21-05-00.opus>", "00000004-AUDIO-2024-03-01-21-05-00.opus"],
    ["\u200e<附件：00000005-PHOTO-2024-03-01-21-05-00.jpg>", "00000005-PHOTO-2024-03-01-21-05-00.jpg"],
    ["<Pominięto multimedia>", "Pominięto multimedia"],
    ["\u200eimagen omitida", "imagen omitida"],
    ["\u200e圖片已略去", "圖片已略去"],
    ["فایل پیوست شد IMG-20240301-WA0001.jpg", "IMG-20240301-WA0001.jpg"]
  ])("are found in %s", (written, attachment) => {
    expect(only(`[01/03/2024, 21:05:00] Ada: ${written}`)).toMatchObject({
      attachment,
      caption: "",
      system: false
    })
  })

  it.each(["see http://192.0.2.7/a.exe (file attached)", "1 < 2 > 0", "a (b)", "<http://example.com/x.jpg>"])(
    "are not found in %s",
    (written) => {
      const message = only(`[01/03/2024, 21:05:00] Ada: ${written}`)
      expect(message).not.toHaveProperty("attachment")
      expect(message.text).toBe(written)
    }
  )

  it("leave the whole text to be searched for links", () => {
    expect(only("01/03/2024, 21:05 - A: a.zip (file attached)\nhttps://example.com").text).toBe(
      "a.zip (file attached)\nhttps://example.com"
    )
  })
})

describe("what is no message", () => {
  it("before the first header is listed", () => {
    const { messages, unparsed } = parseChatExport(
      "\ufeffhello\r\n\r\n12/05 party\r\n01/03/2024, 21:05 - A: x"
    )
    expect(unparsed).toEqual([
      { line: 1, text: "\ufeffhello" },
      { line: 2, text: "" },
      { line: 3, text: "12/05 party" }
    ])
    expect(messages[0]?.line).toBe(4)
  })

  it("is everything when the text is no export", () => {
    expect(parseChatExport("just\nwords\n")).toEqual({
      messages: [],
      unparsed: [
        { line: 1, text: "just" },
        { line: 2, text: "words" }
      ]
    })
    expect(parseChatExport("")).toEqual({ messages: [], unparsed: [] })
  })
})

/** The lines that are not in exactly one message or in `unparsed`, in order; there should be none. */
const misplacedLines = (text: string, { messages, unparsed }: ParsedExport): ReadonlyArray<string> => {
  const lines = text.split("\n").map((line) => line.replace(/\r$/, ""))
  if (lines.at(-1) === "" && (text.endsWith("\n") || text === "")) lines.pop()
  const misplaced = unparsed.filter((place, index) => place.line !== index + 1 || place.text !== lines[index])
  const places = misplaced.map(({ line }) => `unparsed ${line}`)
  let next = unparsed.length + 1
  for (const { line, lines: taken, text: said, edited } of messages) {
    if (line !== next || taken < 1) places.push(`header ${line}, not ${next}`)
    const saidLines = said.split("\n")
    for (let i = 1; i < taken; i++) {
      const written = lines[line - 1 + i]
      const dropped = written !== saidLines[i] && written?.trim() !== "" && edited !== true
      if (dropped) places.push(`line ${line + i}`)
    }
    next += taken
  }
  if (next !== lines.length + 1) places.push(`end ${next}, not ${lines.length + 1}`)
  return places
}

const messageText: fc.Arbitrary<string> = fc
  .array(
    fc.string({ unit: "grapheme", maxLength: 30 }).map((line) => line.replace(/[\r\n]/g, "")),
    {
      minLength: 1,
      maxLength: 4
    }
  )
  .map((lines) =>
    lines
      .map((line, i) => (i === 0 ? `Well ${line}.` : line))
      .join("\n")
      .trimEnd()
  )

const syntheticChat: fc.Arbitrary<ReadonlyArray<SyntheticMessage>> = fc
  .array(
    fc.record({
      minutes: fc.integer({ min: 0, max: 20_000 }),
      author: fc.constantFrom("Ada Byrne", "~ Mirela", "+44 7700 900123", "Re:Bob", "سلمى", "小雨", "12:30"),
      text: messageText,
      edited: fc.boolean()
    }),
    { minLength: 1, maxLength: 12 }
  )
  .map((steps) => {
    let clock = Date.UTC(2023, 10, 25, 23, 50)
    return steps.map(({ minutes, edited, ...said }) => {
      const at = new Date(clock).toISOString().slice(0, 19)
      clock += minutes * 60_000
      return { at, ...said, ...(edited ? { edited } : {}) }
    })
  })

const identity = ({ at, author, text, repeat }: ParsedExport["messages"][number]) => [
  at,
  author,
  text,
  repeat
]

describe("any text", () => {
  const fragment = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.string({ unit: "binary" }),
    fc.constantFrom(
      "01/03/2024, 21:05 - ",
      "[01/03/2024, 21:05:00] ",
      "3/4/24, 9:05 PM - ",
      "[31/02/2024, 10:00:00] ",
      "A: ",
      "\u200e",
      "<attached: 00000001-a.jpg>",
      "<This message was edited>",
      '"',
      "\r",
      "https://example.com/",
      "1/1/1445, 10:00 - ",
      "1/1/1403, 10:00 - "
    )
  )
  const anyText = fc
    .array(fc.tuple(fc.array(fragment, { maxLength: 4 }), fc.constantFrom("\n", "\r\n", "")))
    .map((lines) => lines.map(([parts, end]) => parts.join("") + end).join(""))

  it("is read without failing, each of its lines in exactly one place", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(misplacedLines(text, parseChatExport(text))).toEqual([])
      }),
      { numRuns: 500 }
    )
  })

  it("gives the same messages when more of the chat follows", () => {
    fc.assert(
      fc.property(syntheticChat, fc.constantFrom(...lookNames), (chat, look) => {
        const { dateOrder } = parseChatExport(renderExport(chat, look)).format!
        const read = (part: typeof chat) =>
          parseChatExport(renderExport(part, look), { dateOrder }).messages.map(identity)
        const half = Math.ceil(chat.length / 2)
        expect(read(chat).slice(0, half)).toEqual(read(chat.slice(0, half)))
      }),
      { numRuns: 100 }
    )
  })
})

describe.each(lookNames)("a chat written by %s", (name) => {
  const look: ExportLook = exportLooks[name]
  const seconds = look.header.includes("{ss}")

  it("is read back as it was", () => {
    fc.assert(
      fc.property(syntheticChat, (chat) => {
        const text = renderExport(chat, name)
        const parsed = parseChatExport(text)
        expect(misplacedLines(text, parsed)).toEqual([])
        const read = parsed.messages.map(({ at, author, text, edited }) => ({
          at,
          author,
          text,
          ...(edited === true ? { edited } : {})
        }))
        expect(read).toEqual(
          chat.map(({ at, ...said }) => ({ at: seconds ? at : `${at.slice(0, 16)}:00`, ...said }))
        )
        expect(parsed.messages.some(({ system }) => system)).toBe(false)
      }),
      { numRuns: 30 }
    )
  })

  it("keeps its links, notices, deletions and media apart", () => {
    const { messages, unparsed, format } = parseChatExport(
      makeExport({ messages: 400, seed: 7, format: name })
    )
    expect(messages).toHaveLength(400)
    expect(unparsed).toEqual([])
    expect(format?.otherHeaders).toBe(0)
    expect(messages.map(({ system }, index) => (system ? index : -1)).filter((index) => index >= 0)).toEqual([
      0
    ])
    expect(messages.filter(({ deleted }) => deleted === true).length).toBeGreaterThan(0)
    expect(
      messages.filter(({ text }) => text === look.media).every(({ attachment }) => attachment !== undefined)
    ).toBe(true)
    expect(messages.filter(({ text }) => text.includes("://")).length).toBeGreaterThan(80)
  })
})

describe("hostile input", () => {
  const header = "[01/03/2024, 21:05:00] "
  it.each([
    ["digits", "1".repeat(1_000_000)],
    ["colons", header + ": ".repeat(500_000)],
    ["quotes", `${header}${'"'.repeat(1_000_000)}: x`],
    ["blanks", `${header}A: ${" ".repeat(1_000_000)}x`],
    ["carriage returns", `${header}A: ${"\r".repeat(1_000_000)}x`],
    ["blank lines", `${header}A: x${"\n ".repeat(500_000)}`],
    ["brackets", `${header}A: ${"<".repeat(1_000_000)}>`],
    ["marks", `${header}A: ${"\u200e".repeat(1_000_000)}`],
    ["words", `${header}A: ${"a.".repeat(500_000)}`]
  ])("of a megabyte of %s is read to its end", (_, text) => {
    // Reading takes a few milliseconds; anything quadratic would take minutes, and end at the test's limit.
    const { messages, unparsed } = parseChatExport(text)
    expect(messages.length + unparsed.length).toBeGreaterThan(0)
  })
})

describe("the batch operation chat-export", () => {
  it("gives messages with only their documented fields", () => {
    expect(chatExport({ text: "01/03/2024, 21:05 - Ada left\n01/03/2024, 21:06 - Jo: hi" })).toEqual({
      messages: [
        { at: "2024-03-01T21:05:00", text: "Ada left", system: true },
        { at: "2024-03-01T21:06:00", author: "Jo", text: "hi", system: false }
      ]
    })
  })

  it("lists what stands before the first message", () => {
    expect(chatExport({ text: "hello" })).toEqual({ messages: [], unparsed: [{ line: 1, text: "hello" }] })
  })

  it.each([
    [null, "no object"],
    ["x", "no object"],
    [{}, 'without "text"'],
    [{ text: 7 }, "of type number"],
    [{ text: null }, "of type null"]
  ])("says what is wrong with %j", (input, found) => {
    expect(chatExport(input)).toEqual({ error: expect.stringContaining(found) })
  })
})

describe("a made export", () => {
  it("is the same for the same seed and another for another", () => {
    expect(makeExport({ messages: 50, seed: 3 })).toBe(makeExport({ messages: 50, seed: 3 }))
    expect(makeExport({ messages: 50, seed: 3 })).not.toBe(makeExport({ messages: 50, seed: 4 }))
  })
})
