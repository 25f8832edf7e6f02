import type { BracketPairs } from "./bracket-pairs.ts"
import { canonicalize } from "./canonical.ts"
import { classAt, isAscii, isWordAt, Punctuation, Stop } from "./characters.ts"
import type { Reading } from "./extracted-link.ts"
import { isTakenByUrls, schemedHostEnd } from "./host-extent.ts"
import { readHostRun } from "./host-run.ts"
import { bareAddressEnd, bracketedAddressEnd } from "./ip-literal.ts"
import { portEnd, tailEnd } from "./link-tail.ts"
import { isClosedAfter, marksBefore, withoutClosingUnderscores } from "./markup.ts"
import { schemeEnding, separatorAt } from "./scheme-spellings.ts"
import type { HostStart } from "./userinfo.ts"

/** A scheme and its separator, as found in the text. */
export interface SchemeFound {
  readonly scheme: string
  readonly defanged: boolean
  readonly start: number
  /** Where the authority begins. */
  readonly end: number
}

interface HostFound {
  readonly host: string
  readonly end: number
  readonly defanged: boolean
  readonly ascii: boolean
  /** The host ends where its run of characters ends, so a port or a path may follow. */
  readonly open: boolean
}

/** Reads the link whose scheme was found; where it is none, reading goes on behind its host. */
export function readSchemedLink(
  text: string,
  found: SchemeFound,
  pairs: BracketPairs,
  hostStart: HostStart
): Reading {
  const marks = marksBefore(text, found.start)
  const hostFrom = hostStart(found.end)
  if (hostFrom < 0) return { link: undefined, resume: found.end }
  const { host, resume } = readHost(text, hostFrom, marks)
  const nothing: Reading = { link: undefined, resume }
  if (host === undefined) return nothing
  // Asked before the tail is read: a hostile text of bad hosts would have every tail read in vain.
  if (!isTakenByUrls(found.scheme, host.host)) return nothing
  if (marks.includes("_") && !isClosedAfter(text, found.end, "_")) return nothing
  const portTo = host.open ? portEnd(text, host.end) : host.end
  // A dead port is not part of the link, and neither is what follows it.
  const deadPort = host.open && portTo === host.end && /^:\d/.test(text.slice(host.end, host.end + 2))
  const end = host.open && !deadPort ? tailEnd(text, portTo, { pairs, marks, asciiHost: host.ascii }) : portTo
  if (end === host.end && isOneWord(host.host) && runsInto(text, end)) return nothing
  const defanged = found.defanged || host.defanged
  const tail = text.slice(host.end, end)
  const userinfo = text.slice(found.end, hostFrom)
  const canonical = canonicalize(
    `${found.scheme}://${userinfo}${host.host}${defanged ? refanged(tail) : tail}`
  )
  if ("error" in canonical) return nothing
  const link = {
    raw: text.slice(found.start, end),
    url: canonical.canonical,
    start: found.start,
    end,
    defanged
  }
  return { link, resume: end }
}

/** What brackets and dots in the tail of a defanged link stand for. */
export const refanged = (tail: string): string => tail.replace(/[[({]([./:?])[\])}]/g, "$1")

function readHost(
  text: string,
  from: number,
  marks: string
): { readonly host?: HostFound; readonly resume: number } {
  const bracketed = bracketedAddressEnd(text, from)
  if (bracketed > 0) return address(text.slice(from, bracketed), bracketed)
  const bare = bareAddressEnd(text, from)
  if (bare > 0 && !isWordAt(text, bare)) return address(`[${text.slice(from, bare)}]`, bare)
  const run = readHostRun(text, from, true)
  // "http://a.comhttp://b.com": the scheme of the next link is no part of this host.
  const glued = separatorAt(text, run.end).length > 0 ? (schemeEnding(run.cooked)?.spelling.length ?? 0) : 0
  const unglued = run.cooked.slice(0, run.cooked.length - glued)
  const cooked = marks.includes("_") ? withoutClosingUnderscores(unglued) : unglued
  const resume = Math.max(glued > 0 ? run.placeOf(cooked.length) : run.end, from)
  const to = schemedHostEnd(cooked)
  if (to < 0) return { resume }
  const rooted = isRooted(text, run.cooked, to, run.end)
  const host: HostFound = {
    host: cooked.slice(0, rooted ? to + 1 : to),
    end: rooted ? run.end : run.placeOf(to),
    defanged: run.defangedAt.some((at) => at < to),
    ascii: isAscii(cooked.slice(0, to)),
    open: rooted || to === run.cooked.length
  }
  return { host, resume }
}

// "http://example.com./path": the dot of the root, kept only where a path or a port proves it is one.
function isRooted(text: string, cooked: string, to: number, end: number): boolean {
  return (
    cooked.length === to + 1 && cooked[to] === "." && end < text.length && "/:".includes(text.charAt(end))
  )
}

function address(host: string, end: number): { readonly host: HostFound; readonly resume: number } {
  return { host: { host, end, defanged: false, ascii: true, open: true }, resume: end }
}

// A dot or a number makes a host that leads somewhere; one word may just be a word.
const isOneWord = (host: string): boolean => !/[.[]|^(\d+|0x[0-9a-f]*)$/i.test(host)

// "http://google,.com" and "https://de)bc": punctuation between a dotless host and more word means that
// somebody wrote about links, or mistyped one that leads nowhere.
function runsInto(text: string, end: number): boolean {
  let at = end
  while (at < text.length && classAt(text, at) === Punctuation) at++
  while (at > end && at < text.length && text.charAt(at) === ".") at++
  return at > end && at < text.length && classAt(text, at) !== Stop && isWordAt(text, at)
}
