import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { csvRows } from "../../../../actors/schedule/import/csv.ts"
import { imported, summary } from "./given.ts"

const written = (field: string, delimiter: string, always: boolean) =>
  always || field.includes(delimiter) || /["\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field

describe("CSV", () => {
  it("is read back as it was written, whatever stands in its fields", () => {
    const field = fc.string({
      unit: fc.constantFrom("a", "é", '"', ",", ";", "\t", "|", "\n", "\r", " ", "😀")
    })
    fc.assert(
      fc.property(
        fc.array(fc.array(field, { minLength: 1, maxLength: 4 }), { maxLength: 5 }),
        fc.constantFrom(",", ";", "\t", "|"),
        fc.constantFrom("\r\n", "\n", "\r"),
        fc.boolean(),
        (rows, delimiter, end, always) => {
          const text = rows
            .map((row) => row.map((field) => written(field, delimiter, always)).join(delimiter))
            .join(end)
          const filled = rows.filter((row) => row.some((field) => field !== ""))
          expect([...csvRows(text, delimiter)].map(({ fields }) => fields)).toEqual(filled)
        }
      ),
      { numRuns: 300 }
    )
  })

  it("knows the line of a row behind fields with line ends", () => {
    expect([...csvRows('a,"1\n2\r\n3"\n\nb,c', ",")]).toEqual([
      { line: 1, fields: ["a", "1\n2\r\n3"] },
      { line: 5, fields: ["b", "c"] }
    ])
  })

  it("says which row has quotes that do not close, or something behind them", () => {
    expect([...csvRows('"a"x,b\nc,d\n"e', ",")].map(({ fault, line }) => [line, fault])).toEqual([
      [1, 'expected nothing between a closing quotation mark and the next field, found "x"'],
      [2, undefined],
      [3, "expected a quotation mark that closes a field, found the end of the file"]
    ])
  })
})

describe("contacts from CSV", () => {
  it("come with all that a contact has", () => {
    const text = [
      "Name,Aliases,Number,Tags,Favourite,Notes",
      '"Lovelace, Ada","Countess; Lady L",0170 1234567,"[""family"",""maths""]",yes,"likes ""engines"""'
    ].join("\n")
    expect(imported(text).contacts).toEqual([
      {
        name: "Lovelace, Ada",
        aliases: ["Countess", "Lady L"],
        number: "+491701234567",
        tags: ["family", "maths"],
        favourite: true,
        notes: 'likes "engines"'
      }
    ])
  })

  it("are read from Google's columns and from Outlook's", () => {
    const google =
      "First Name,Last Name,Nickname,Labels,Phone 1 - Label,Phone 1 - Value\nAda,Lovelace,,Friends ::: * myContacts,Mobile,+44 7400 123456"
    expect(imported(google).contacts[0]).toMatchObject({
      name: "Ada Lovelace",
      number: "+447400123456",
      tags: ["Friends"]
    })
    const outlook =
      "First Name;Last Name;Business Phone;Mobile Phone;Categories\nAda;Lovelace;;0170 1234567;Family"
    expect(imported(outlook).contacts[0]).toMatchObject({
      name: "Ada Lovelace",
      number: "+491701234567",
      tags: ["Family"]
    })
  })

  it("say of every row that was not taken where it is and why", () => {
    const text = ["name,number", "Ada,0170 1234567", ",0170 1234568", "Bea,", "Cy,12", 'Di,"0170', "x"].join(
      "\n"
    )
    expect(summary(text)).toEqual({
      contacts: ["Ada +491701234567"],
      left: [
        '3: expected a name beside "0170 1234568", found none',
        '4: expected a number of "Bea", found none',
        '5: Cy: expected a phone number such as +49 170 0000000, found "12"',
        "6: expected a quotation mark that closes a field, found the end of the file"
      ]
    })
    expect(summary("a,b\nAda,1").left).toEqual([
      '1: expected a first line that names its columns, one of them name and one of them number, found "a, b"'
    ])
    expect(summary("").left[0]).toMatch(/^1: expected a first line .* found nothing$/)
    expect(summary("name,number\nAda,0170 1234567,more").left).toEqual([
      "2: expected 2 fields, as in the first line, found 3"
    ])
  })

  it("say why of the first thousand rows, and how many there are", () => {
    const { left, leftCount } = imported(`name,number\n${"Ada,\n".repeat(3000)}`)
    expect([left.length, left.at(-1)?.line, leftCount]).toEqual([1000, 1001, 3000])
  })

  it("are one contact where they have one number, under the first name", () => {
    const text =
      "name,number,tags,notes\nAda,0170 1234567,a,x\nAunt Ada,+49 170 1234567,b,y\nAda,00491701234567,a,x"
    const { contacts, merged } = imported(text)
    expect(merged).toBe(2)
    expect(contacts).toEqual([
      {
        name: "Ada",
        aliases: ["Aunt Ada"],
        number: "+491701234567",
        tags: ["a", "b"],
        favourite: false,
        notes: "x\ny"
      }
    ])
  })

  it("are read in UTF-8 with a mark, in UTF-16, and in the encoding of older Windows", () => {
    const text = "name,number\nJürgen,0170 1234567"
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, "utf16le")])
    for (const bytes of [Buffer.from(`\u{feff}${text}`), utf16, Buffer.from(text, "latin1")])
      expect(imported("", { bytes }).contacts[0]?.name).toBe("Jürgen")
  })

  it("are never more than there are rows, and nothing is thrown, whatever the file holds", () => {
    const piece = fc.constantFrom(
      '"',
      ",",
      "\n",
      "name",
      "number",
      "0170 1234567",
      "BEGIN:VCARD\n",
      "END:VCARD",
      "{",
      "[",
      ";",
      "=\n",
      "TEL:",
      "ü"
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary" }),
          fc.array(piece).map((pieces) => pieces.join(""))
        ),
        (text) => {
          const { contacts, left } = imported(text)
          expect(contacts.length).toBeLessThanOrEqual(text.split(/[\r\n]/).length)
          expect(left.every(({ line, reason }) => line > 0 && reason.includes("found"))).toBe(true)
        }
      ),
      { numRuns: 80 }
    )
  })
})
