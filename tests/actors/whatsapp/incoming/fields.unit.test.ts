import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, describe, it } from "@effect/vitest"
import { proto } from "@whiskeysockets/baileys"
import fc from "fast-check"
import { contentKinds } from "../../../../actors/whatsapp/incoming/content-kinds.ts"
import { messageDecoder } from "../../../../actors/whatsapp/incoming/decode-message.ts"
import {
  quotedFields,
  silentFields,
  silentTypes,
  spelledFields
} from "../../../../actors/whatsapp/incoming/field-rules.ts"
import type { Heard, Texts } from "../../../../actors/whatsapp/incoming/heard.ts"
import { extractLinks } from "../../../../contracts/link/extract.ts"
import { ada, group, self } from "./envelopes.ts"
import { fieldsOf, nameOf, type Path, placeOf, plant, textPaths } from "./proto-shape.ts"

const url = "http://planted.example/path"
const { decodeMessage } = messageDecoder(proto)

const paths = textPaths()
const textsAt = (path: Path) => path.at(-1)!.field.kind === "text"
const isSpelledBytes = (path: Path) => placeOf(path) in spelledFields
const readable = paths.filter((path) => textsAt(path) || isSpelledBytes(path))

/** Whether the rules leave out a field, or a type on the way to it. */
const isSilent = (path: Path) =>
  path.some(({ type, field }) => {
    const name = nameOf(type)
    return silentTypes.has(name) || silentFields[name]?.has(field.name) === true
  })

const said = readable.filter((path) => !isSilent(path))
const isQuoted = (path: Path) =>
  path.some(({ type, field }) => quotedFields.has(`${nameOf(type)}.${field.name}`))

/** A URL, spelled as the field spells its texts: escaped, and folded in the midst of it. */
const spelled = (path: Path, link = url): string | Uint8Array => {
  const spelling = spelledFields[placeOf(path)]
  if (spelling === "vcard")
    return `BEGIN:VCARD\r\nVERSION:3.0\r\nitem1.URL:${link.slice(0, 12).replace(":", "\\:")}\r\n ${link.slice(12)}\r\nEND:VCARD`
  const text = spelling === "json" ? `{"a":[{"url":"${link.replaceAll("/", "\\/")}"}]}` : link
  return textsAt(path) ? text : Buffer.from(text)
}

const hear = (message: proto.IMessage): ReadonlyArray<Heard> =>
  decodeMessage(proto.Message.encode(message).finish(), group(ada), self).map(({ heard }) => heard)

const textsIn = (heard: Heard): ReadonlyArray<Texts> =>
  heard.what === "post" || heard.what === "edit"
    ? [heard.texts]
    : heard.what === "reaction"
      ? [{ posted: heard.text, quoted: "", unread: [] }]
      : []

const urlsIn = (text: string) => extractLinks(text).map((link) => link.url)

const find = (message: proto.IMessage) => {
  const texts = hear(message).flatMap(textsIn)
  return {
    posted: texts.flatMap(({ posted }) => urlsIn(posted)),
    quoted: texts.flatMap(({ quoted }) => urlsIn(quoted))
  }
}

describe("every kind of message that Baileys knows", () => {
  it("is decided about, and nothing else is", () => {
    const known = fieldsOf(proto.Message).map(({ name }) => name)
    expect(known.toSorted()).toEqual(Object.keys(contentKinds).toSorted())
    expect(known.length).toBeGreaterThan(90)
  })

  it("is a wrapper exactly where it holds another message and says nothing itself", () => {
    const wrapping = fieldsOf(proto.Message).filter(
      ({ holds }) => holds === proto.Message.FutureProofMessage || holds === proto.Message.DeviceSentMessage
    )
    const wrappers = Object.entries(contentKinds).filter(([, kind]) => kind === "wrapper")
    expect(wrapping.map(({ name }) => name).toSorted()).toEqual(wrappers.map(([name]) => name).toSorted())
  })
})

describe("every text in the definition of messages", () => {
  /**
   * What is read, one place a line. A place that is missing here came with a new Baileys: see what it is for, leave
   * it out of reading in `field-rules.ts` if nobody is shown it, and add it here if somebody is.
   */
  const listed = readFileSync(join(import.meta.dirname, "said-fields.txt"), "utf8")
    .trim()
    .split("\n")

  it("is read, or left out by a rule: a new one is decided about by a person", () => {
    expect([...new Set(said.map(placeOf))].toSorted()).toEqual(listed)
  })

  it("has a place in the rules only where it exists", () => {
    const places = new Set(paths.map(placeOf))
    const types = new Set(paths.flatMap((path) => path.map(({ type }) => nameOf(type))))
    const named = Object.entries(silentFields).flatMap(([type, names]) =>
      [...names].map((it) => `${type}.${it}`)
    )
    expect(named.filter((place) => !places.has(place))).toEqual([])
    expect(Object.keys(spelledFields).filter((place) => !places.has(place))).toEqual([])
    expect([...silentTypes].filter((type) => !types.has(type) && !holders.has(type))).toEqual([])
  })

  it.each(said.map((path) => [path.map(({ field }) => field.name).join("."), path] as const))(
    "has its link found: %s",
    (_, path) => {
      const found = find(plant(path, spelled(path)))
      const [there, elsewhere] = isQuoted(path) ? [found.quoted, found.posted] : [found.posted, found.quoted]
      expect(there).toContain(url)
      expect(elsewhere).toEqual([])
    }
  )
})

/** Classes without a text of their own, that hold others. */
const holders = new Set(
  [...new Set(paths.flatMap((path) => path.map(({ type }) => type)))].flatMap((type) =>
    fieldsOf(type).flatMap(({ holds }) => (holds === undefined ? [] : [nameOf(holds)]))
  )
)

const wrappers = Object.entries(contentKinds).flatMap(([name, kind]) => (kind === "wrapper" ? [name] : []))
const wrap = (message: proto.IMessage, names: ReadonlyArray<string>): proto.IMessage =>
  names.reduce<proto.IMessage>((inner, name) => ({ [name]: { message: inner } }), message)

const anyPath = fc.constantFrom(...said)
const anyWrappers = fc.array(fc.constantFrom(...wrappers), { maxLength: 40 })

describe("a link in any text of any kind of message", () => {
  it("is found through any wrappers, nested to any depth that a message has", () => {
    fc.assert(
      fc.property(anyPath, anyWrappers, (path, names) => {
        const found = find(wrap(plant(path, spelled(path)), names))
        expect(isQuoted(path) ? found.quoted : found.posted).toContain(url)
      }),
      { numRuns: 500 }
    )
  })

  it("is found in an edit, however edit and new words are wrapped", () => {
    fc.assert(
      fc.property(anyPath, anyWrappers, anyWrappers, (path, outer, inner) => {
        // What is about another message is no new wording of this one.
        fc.pre(!["protocolMessage", "reactionMessage"].includes(path[0].field.name))
        const editedMessage = wrap(plant(path, spelled(path)), inner.slice(0, 20))
        const edit = {
          type: proto.Message.ProtocolMessage.Type.MESSAGE_EDIT,
          key: { id: "m1" },
          editedMessage
        }
        const heard = hear(wrap({ protocolMessage: edit }, outer.slice(0, 20)))
        expect(heard).toMatchObject([{ what: "edit", id: "m1" }])
        const [texts] = textsIn(heard[0]!)
        expect(urlsIn(isQuoted(path) ? texts!.quoted : texts!.posted)).toContain(url)
      }),
      { numRuns: 300 }
    )
  })

  it("is found beside the texts of other kinds in the same message", () => {
    fc.assert(
      fc.property(anyPath, anyPath, (one, other) => {
        fc.pre(one[0].field.name !== other[0].field.name && !isQuoted(one) && !isQuoted(other))
        const second = "http://second.example/"
        const { posted } = find({ ...plant(other, spelled(other, second)), ...plant(one, spelled(one)) })
        expect(posted).toEqual(expect.arrayContaining([url, second]))
      }),
      { numRuns: 200 }
    )
  })

  it("is found behind one that is too deep to be read, which is said", () => {
    const deep = wrap(
      { conversation: url },
      Array.from({ length: 150 }, () => "ephemeralMessage")
    )
    expect(hear(deep)).toEqual([{ what: "unreadable", reason: "unknown", fields: ["deeper"] }])
    const heard = hear({ ...deep, conversation: "http://shallow.example/" })
    expect(heard).toMatchObject([
      { what: "post", texts: { posted: "http://shallow.example/", unread: ["deeper"] } }
    ])
  })
})
