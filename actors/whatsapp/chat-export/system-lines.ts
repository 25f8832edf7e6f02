import { isMark, plain, withoutLeadingMarks } from "./characters.ts"
import { eventPhrases, noticeStarts } from "./system-phrases.ts"

const allEventPhrases = Object.values(eventPhrases).flat()

const speaksOfAnEvent = (text: string): boolean => {
  const lower = text.toLowerCase()
  return allEventPhrases.some((phrase) => lower.includes(phrase))
}

/** Characters. Longer than any notice WhatsApp writes. */
const noticeLengthMax = 600

const noticeStart = new RegExp(`^(?:${noticeStarts.join("|")})`, "iu")

/** A web address, which WhatsApp's own lines have only inside names: with one, an authored line stays a message. */
const address = /:\/\/|www\./i

/**
 * Whether what stands after an author's name was written by WhatsApp, not by the author. Only iPhone exports
 * sign such lines, with the group's or the actor's name, and they put U+200E before them. A line with a web
 * address is never taken from its author, so nobody hides a link by imitating a notice.
 */
export const isSignedSystemText = (author: string, text: string): boolean => {
  if (text.length > noticeLengthMax) return false
  const marked = isMark(text.charCodeAt(0))
  const bare = marked ? withoutLeadingMarks(text) : text
  const named = bare.startsWith(author) && bare[author.length] === " "
  if (!marked && !named) return noticeStart.test(bare) && !bare.includes("\n") && !address.test(bare)
  const said = plain(bare)
  if (said.includes("\n") || address.test(said)) return false
  return (marked && named) || noticeStart.test(said) || speaksOfAnEvent(said)
}

const quotes: ReadonlyArray<readonly [RegExp, RegExp]> = [
  [/“|„/g, /”/g],
  [/«/g, /»/g],
  [/「/g, /」/g]
]

const countOf = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0

const hasOpenQuote = (text: string): boolean =>
  countOf(text, /"/g) % 2 === 1 || quotes.some(([open, close]) => countOf(text, open) > countOf(text, close))

/**
 * Whether the words before a line's first ": " are no author but a system line whose quoted name holds the
 * colon, as in `Ada changed the subject from “Plans” to “Trip: June”`.
 */
export const isQuotingEvent = (beforeColon: string): boolean =>
  hasOpenQuote(beforeColon) && speaksOfAnEvent(beforeColon)
