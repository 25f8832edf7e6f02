import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { imported, summary } from "./given.ts"

const card = (...lines: ReadonlyArray<string>) => ["BEGIN:VCARD", ...lines, "END:VCARD", ""].join("\r\n")

const escaped = (text: string) => text.replaceAll(/[\\;,]/g, String.raw`\$&`).replaceAll("\n", String.raw`\n`)

/** Folded after every so many characters, as version 3.0 and 4.0 do. */
const folded = (line: string, length: number) =>
  line.replaceAll(new RegExp(`(.{${length}})(?=.)`, "gu"), "$1\r\n ")

const quotedPrintable = (text: string) =>
  [...Buffer.from(text)].map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("")

/** Broken softly after every so many bytes, as version 2.1 does. */
const soft = (text: string, bytes: number) =>
  text.replaceAll(new RegExp(`((?:=..){${bytes}})(?=.)`, "g"), "$1=\r\n")

const name = fc
  .string({
    unit: fc.constantFrom("a", "B", "é", "ß", "😀", ",", ";", ":", "\\", '"', " ", "="),
    minLength: 1,
    maxLength: 40
  })
  .map((text) => text.trim())
  .filter((text) => text !== "")

describe("contacts from vCards", () => {
  it("have the names and tags that were written in version 3.0 or 4.0, however they were folded", () => {
    fc.assert(
      fc.property(
        name,
        fc.uniqueArray(name, { maxLength: 3 }),
        fc.integer({ min: 5, max: 75 }),
        (who, tags, length) => {
          const lines = [
            `FN:${escaped(who)}`,
            `CATEGORIES:${tags.map(escaped).join(",")}`,
            "TEL:+49 170 1234567"
          ]
          const [contact] = imported(
            card("VERSION:4.0", ...lines.map((line) => folded(line, length)))
          ).contacts
          expect(contact).toMatchObject({ name: who, tags, number: "+491701234567" })
        }
      ),
      { numRuns: 150 }
    )
  })

  it("have the names that were written in version 2.1, in quoted-printable with soft line ends", () => {
    fc.assert(
      fc.property(name, fc.integer({ min: 1, max: 20 }), (who, length) => {
        const fn = `FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:${soft(quotedPrintable(escaped(who)), length)}`
        const [contact] = imported(card("VERSION:2.1", fn, "TEL;CELL:0170 1234567")).contacts
        expect(contact?.name).toBe(who)
      }),
      { numRuns: 150 }
    )
  })

  it("are named by their parts or their organisation where they have no name in one piece", () => {
    const text =
      card("N:Lovelace;Ada;Byron;Lady;", "TEL:0170 1234567") +
      card("ORG:Engines\\; Ltd;Research", "item1.TEL;TYPE=CELL:0170 1234568", "item1.X-ABLabel:work")
    expect(summary(text)).toEqual({
      contacts: ["Ada Byron Lovelace +491701234567", "Engines; Ltd +491701234568"],
      left: []
    })
  })

  it("have the preferred number, else a mobile one, and no fax; what else there was is told", () => {
    const text = card(
      "FN:Ada",
      "TEL;HOME:030 901820",
      "TEL;TYPE=FAX:030 901821",
      'TEL;VALUE=uri;TYPE="voice,cell":tel:+49-170-1234567',
      "TEL;TYPE=WORK:nonsense"
    )
    expect(summary(text)).toEqual({
      contacts: ["Ada +491701234567"],
      left: [
        '1: Ada: expected a phone number such as +49 170 0000000, found "nonsense"',
        "1: Ada: expected one number, found +4930901820 beside +491701234567, which is taken"
      ]
    })
    expect(summary(card("FN:Ada", "TEL;TYPE=CELL:0170 1234567", "TEL;PREF=1:030 901820")).contacts).toEqual([
      "Ada +4930901820"
    ])
  })

  it("tell where a card begins that does not end, and of a file without any", () => {
    expect(summary(`${card("FN:Ada", "TEL:0170 1234567")}\r\nBEGIN:VCARD\r\nFN:Bea`)).toEqual({
      contacts: ["Ada +491701234567"],
      left: ["6: expected END:VCARD behind BEGIN:VCARD, found the end of the file"]
    })
    expect(summary("nothing", { format: "vcard" }).left).toEqual([
      "1: expected BEGIN:VCARD, found none in the file"
    ])
  })

  it("do not take a card within a card, nor a picture, for a contact", () => {
    const text = card(
      "VERSION:2.1",
      "FN:Ada",
      "AGENT:",
      "BEGIN:VCARD",
      "FN:Charles",
      "TEL:0170 1234568",
      "END:VCARD",
      "PHOTO;ENCODING=BASE64;JPEG:",
      " TEL:0170/1234569",
      "",
      "TEL:0170 1234567"
    )
    expect(summary(text)).toEqual({ contacts: ["Ada +491701234567"], left: [] })
  })
})
