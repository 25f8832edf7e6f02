import type { BracketPairs } from "./bracket-pairs.ts"
import { canonicalize } from "./canonical.ts"
import { classAt, Dot, isAscii, isWordAt, Soft } from "./characters.ts"
import type { ExtractedLink, Reading } from "./extracted-link.ts"
import { bareHosts, type Extent, isTakenByUrls } from "./host-extent.ts"
import type { HostRun } from "./host-run.ts"
import { bareAddressEnd } from "./ip-literal.ts"
import { portEnd, tailEnd } from "./link-tail.ts"
import { isClosedAfter, marksBefore, withoutClosingUnderscores } from "./markup.ts"
import { refanged } from "./schemed-link.ts"

/** A link read from a host run without a scheme, and the links that were glued before it. */
export interface BareReading {
  readonly links: ReadonlyArray<ExtractedLink>
  readonly resume: number
}

/**
 * Reads the links in the first `to` units of a run that starts at `start` of the text. Only a host that
 * reaches the end of the run can have a port or a path.
 */
export function readBareLinks(
  text: string,
  start: number,
  run: HostRun,
  to: number,
  pairs: BracketPairs
): BareReading {
  if (!run.cooked.includes(".")) return { links: [], resume: run.end }
  const lead = /^[-_]*/.exec(run.cooked)?.[0].length ?? 0
  const free = standsFree(text, start)
  const marks = marksBefore(text, run.placeOf(lead))
  const italic = marks.includes("_")
  const last = italic && to === run.cooked.length ? withoutClosingUnderscores(run.cooked).length : to
  const usable =
    free && (!run.cooked.slice(0, lead).includes("_") || (italic && isClosedAfter(text, start + lead, "_")))
  const links: Array<ExtractedLink> = []
  let resume = run.end
  for (const extent of bareHosts(run.cooked, lead, last)) {
    if (extent.from <= lead && !usable) continue
    // Asked before the tail is read: a hostile text of bad hosts would have every tail read in vain.
    if (!isTakenByUrls("http", run.cooked.slice(extent.from, extent.to))) continue
    const end =
      extent.to === run.cooked.length ? endBehind(text, run, extent, pairs, marks) : run.placeOf(extent.to)
    const link = end === undefined ? undefined : linkAt(text, run, extent, end)
    if (link === undefined) continue
    links.push(link)
    resume = Math.max(resume, link.end)
  }
  return { links, resume }
}

/** Reads an IPv6 address that stands alone at `at`, as in `2001:db8::1`. */
export function readBareAddress(text: string, at: number): Reading | undefined {
  if (!standsFree(text, at) || text.charAt(at - 1) === ":") return undefined
  const end = bareAddressEnd(text, at)
  if (end < 0 || isWordAt(text, end) || text.charAt(end) === ":") return undefined
  const raw = text.slice(at, end)
  const canonical = canonicalize(`http://[${raw}]`)
  if ("error" in canonical) return undefined
  return { link: { raw, url: canonical.canonical, start: at, end, defanged: false }, resume: end }
}

// Undefined when the host turns out to be the name part of an e-mail address.
function endBehind(
  text: string,
  run: HostRun,
  extent: Extent,
  pairs: BracketPairs,
  marks: string
): number | undefined {
  const hostEnd = run.end
  if (text.charAt(hostEnd) === "@" && isWordAt(text, hostEnd + 1)) return undefined
  const portTo = portEnd(text, hostEnd)
  if (portTo === hostEnd && text.charAt(hostEnd) === ":") return hostEnd
  const asciiHost = isAscii(run.cooked.slice(extent.from, extent.to))
  return tailEnd(text, portTo, { pairs, marks, asciiHost })
}

function linkAt(text: string, run: HostRun, extent: Extent, end: number): ExtractedLink | undefined {
  const start = run.placeOf(extent.from)
  const hostEnd = extent.to === run.cooked.length ? run.end : end
  const defanged = run.defangedAt.some((at) => at >= extent.from && at < extent.to)
  const tail = text.slice(hostEnd, end)
  const canonical = canonicalize(
    `http://${run.cooked.slice(extent.from, extent.to)}${defanged ? refanged(tail) : tail}`
  )
  if ("error" in canonical) return undefined
  return { raw: text.slice(start, end), url: canonical.canonical, start, end, defanged }
}

// What stands before a bare host decides what it is: the domain of an e-mail address, a file in a path,
// the host of a scheme that is not ours, or the end of a name that begins with a dot.
function standsFree(text: string, start: number): boolean {
  let at = start - 1
  while (at >= 0 && classAt(text, at) === Soft) at--
  if (at < 0) return true
  const before = text.charAt(at)
  if (before === "@") return false
  // `http:/example.com` and `//example.com` are mistyped links; `a/b.com` is a path.
  if (before === "/") {
    const slashes = text.charAt(at - 1) === "/" ? 2 : 1
    return (text.charAt(at - slashes) === ":") === (slashes === 1)
  }
  if (before === "." || before === "．") return at > 0 && classAt(text, at - 1) === Dot
  return true
}
