/** A text that is too long for one event, as several: no link of it is lost. */
import { textLengthMax } from "../../../contracts/commands.ts"
import type { Texts } from "./heard.ts"

/**
 * The longest text of quotes in one event, in UTF-16 code units. Crammed with the shortest links it stays, beside
 * a posted text as crammed, within what the log takes.
 */
const quotedLengthMax = 8_192

/** The most parts of one message: four million characters, more than WhatsApp delivers. */
const partsMax = 64

/** Where to cut: after the last white space that fits, so that no link is cut, or in the midst of what has none. */
const cutIn = (text: string, lengthMax: number): number => {
  const head = text.slice(0, lengthMax)
  const space = Math.max(head.lastIndexOf("\n"), head.lastIndexOf(" "))
  if (space > 0) return space + 1
  // Not between the two halves of one character.
  return /[\uD800-\uDBFF]$/u.test(head) ? lengthMax - 1 : lengthMax
}

const pieces = (text: string, lengthMax: number): ReadonlyArray<string> => {
  const found: Array<string> = []
  let rest = text
  while (rest.length > lengthMax) {
    const at = cutIn(rest, lengthMax)
    found.push(rest.slice(0, at))
    rest = rest.slice(at)
  }
  return [...found, rest]
}

/** The parts of what was said, the first of which is the message itself. Mostly there is but one. */
export const partsOf = (texts: Texts): readonly [Texts, ...ReadonlyArray<Texts>] => {
  const posted = pieces(texts.posted, textLengthMax)
  const quoted = pieces(texts.quoted, quotedLengthMax)
  const count = Math.max(posted.length, quoted.length)
  const unread = count > partsMax ? [...texts.unread, "text"] : texts.unread
  const part = (index: number): Texts => ({
    posted: posted[index] ?? "",
    quoted: quoted[index] ?? "",
    unread: index === 0 ? unread : [],
    ...(index === 0 && texts.answers !== undefined ? { answers: texts.answers } : {})
  })
  return [part(0), ...Array.from({ length: Math.min(count, partsMax) - 1 }, (_, index) => part(index + 1))]
}

/** The id of a part: no id that a sender chooses holds a line break. */
export const partId = (id: string, index: number): string => (index === 0 ? id : `${id}\n${index}`)

/** The id of what the pictures of a message say, which may have several parts itself. */
export const pictureId = (id: string): string => `${id}\npicture`
