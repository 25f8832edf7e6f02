import type { LeftOut, WrittenContact } from "./imported.ts"
import { partsOf, unescaped, type VCard, type VCardProperty, vCards } from "./vcard.ts"

/** The contacts of a vCard file. */
export function vCardContacts(text: string): {
  readonly written: ReadonlyArray<WrittenContact>
  readonly unreadable: ReadonlyArray<LeftOut>
} {
  const written: Array<WrittenContact> = []
  const unreadable: Array<LeftOut> = []
  for (const card of vCards(text)) {
    if (card.isWhole) written.push(contactOf(card))
    else
      unreadable.push({
        line: card.line,
        reason: "expected END:VCARD behind BEGIN:VCARD, found the end of the file"
      })
  }
  if (written.length + unreadable.length === 0) {
    unreadable.push({ line: 1, reason: "expected BEGIN:VCARD, found none in the file" })
  }
  return { written, unreadable }
}

function contactOf({ line, properties }: VCard): WrittenContact {
  const all = (name: string) => properties.filter((property) => property.name === name)
  const texts = (name: string) =>
    all(name)
      .map(({ value }) => unescaped(value).trim())
      .filter((text) => text !== "")
  const [name = nameInParts(all("N")[0]) ?? partsOf(all("ORG")[0]?.value ?? "", ";")[0] ?? "", ...others] =
    texts("FN")
  return {
    line,
    name,
    aliases: [...others, ...all("NICKNAME").flatMap(({ value }) => partsOf(value, ","))],
    numbers: all("TEL")
      .filter(isCallable)
      .toSorted((one, other) => rank(one) - rank(other))
      .map(({ value }) => numberOf(unescaped(value))),
    tags: all("CATEGORIES").flatMap(({ value }) => partsOf(value, ",")),
    favourite: false,
    notes: texts("NOTE").join("\n")
  }
}

/** N is family; given; further; before; behind. */
function nameInParts(property: VCardProperty | undefined): string | undefined {
  const [family = "", given = "", further = ""] = partsOf(property?.value ?? "", ";")
  const name = [given, further, family].filter((part) => part.trim() !== "").join(" ")
  return name === "" ? undefined : name
}

const typesOf = ({ parameters }: VCardProperty): ReadonlyArray<string> => parameters.get("TYPE") ?? []

const isCallable = (property: VCardProperty): boolean =>
  !typesOf(property).some((type) => type === "FAX" || type === "PAGER" || type === "MODEM")

/** The one whose owner prefers it first, then a mobile one: that is who has WhatsApp. */
function rank(property: VCardProperty): number {
  const types = typesOf(property)
  if (types.includes("PREF") || property.parameters.has("PREF")) return 0
  return types.includes("CELL") || types.includes("IPHONE") ? 1 : 2
}

/** `tel:+49-170-0000000;ext=1` without its parameters, of which an extension stays to be seen. */
const numberOf = (value: string): string =>
  /^tel:/i.test(value) && !/;ext=/i.test(value) ? value.replace(/;.*$/s, "") : value
