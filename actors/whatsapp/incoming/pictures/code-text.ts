/** What a QR code says, as far as it may hold links: contact cards and the like are spelled in ways of their own. */
import { vcardTexts } from "../vcard.ts"

/** `MECARD:…;URL:http\://example.com;;`: signs that mean something in it have a backslash before them. */
const escaped = /^(?:MECARD|MEBKM|BIZCARD):/iu

export const textsOfCode = (text: string): ReadonlyArray<string> => {
  const said = text.trim()
  if (/^BEGIN:VCARD\b/iu.test(said)) return vcardTexts(said)
  if (!escaped.test(said)) return [said]
  // Its fields end at a semicolon that has no backslash before it.
  return said
    .split(/(?<!\\);/u)
    .map((field) => field.replace(/^(?:MECARD:|MEBKM:|BIZCARD:)?[A-Z]+:/iu, "").replaceAll(/\\(.)/gu, "$1"))
    .filter((field) => field !== "")
}
