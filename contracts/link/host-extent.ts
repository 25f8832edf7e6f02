import { isAscii, isAsciiWord, isUnspacedAt, widthAt } from "./characters.ts"
import { isDottedQuad } from "./ip-literal.ts"
import { isTopLevel, registeredDomain } from "./public-suffix.ts"
import { functionWords } from "./sentence-endings.ts"

/** A piece of a cooked host run: `[from, to)`. */
export interface Extent {
  readonly from: number
  readonly to: number
}

// RFC 1035: a label has 63 octets, a name 253 characters without its final dot.
const labelLengthMax = 63
const hostLengthMax = 253

/**
 * The domains and dotted quads in a run that has no scheme before it, left to right. People glue links
 * to text of scripts that need no spaces, so one run can hold several; the ones that no registry could
 * have handed out are left out.
 */
export function bareHosts(cooked: string, from: number, to: number): ReadonlyArray<Extent> {
  const found: Array<Extent> = []
  // Two dots in a row separate sentences, never labels.
  for (let start = from; start < to;) {
    const ellipsis = cooked.indexOf("..", start)
    const end = ellipsis < 0 || ellipsis > to ? to : ellipsis
    if (cooked.indexOf(".", start) < end) hostsBetween(cooked, start, end, found)
    start = end
    while (start < to && cooked[start] === ".") start++
  }
  return found
}

function hostsBetween(cooked: string, from: number, to: number, found: Array<Extent>): void {
  const end = cooked[to - 1] === "." ? to - 1 : to
  let start = from
  let previousStart = from
  for (let labelStart = from; labelStart < end;) {
    const labelEnd = endOfLabel(cooked, labelStart, end)
    const cut = labelStart > start ? suffixBeforeGlue(cooked, labelStart, labelEnd) : -1
    if (cut > 0) {
      addHost(cooked, start, cut, found)
      start = cut
    } else if (labelEnd === end && labelStart > start) {
      if (isEnding(cooked, labelStart, end)) addHost(cooked, start, end, found)
      // "see example.com.Then": a sentence went on without its space.
      else if (/[A-Z]/.test(cooked.charAt(labelStart)) && isEnding(cooked, previousStart, labelStart - 1))
        addHost(cooked, start, labelStart - 1, found)
      else if (isDottedQuad(cooked.slice(start, end))) found.push({ from: start, to: end })
    }
    previousStart = labelStart
    labelStart = labelEnd + 1
  }
}

function addHost(cooked: string, from: number, to: number, found: Array<Extent>): void {
  const start = afterGlue(cooked, from, to)
  const written = cooked.slice(start, to)
  const host = isAscii(written) ? written : written.normalize("NFKC")
  if (!hasValidLabels(host)) return
  const registered = registeredDomain(host)
  if (registered === null || ownerOf(registered).includes("_")) return
  if (isSentence(host)) return
  found.push({ from: start, to })
}

/**
 * Where the host of a link with a scheme ends in `cooked`, whose first unit is the host's first; or -1
 * when it can't be a host. Any last label is accepted: intranets have hosts that no registry knows.
 */
export function schemedHostEnd(cooked: string): number {
  const ellipsis = cooked.indexOf("..")
  let end = ellipsis < 0 ? cooked.length : ellipsis
  while (end > 0 && (cooked[end - 1] === "." || cooked[end - 1] === "-")) end--
  const lastLabel = cooked.lastIndexOf(".", end - 1) + 1
  if (lastLabel > 0 && !isEnding(cooked, lastLabel, end)) end = beforeGluedText(cooked, end)
  const host = cooked.slice(0, end)
  if (!hasValidLabels(host)) return -1
  if (!host.includes("_")) return end
  const registered = registeredDomain(host)
  if (registered === null) return /_[^.]*$/.test(host) ? -1 : end
  return ownerOf(registered).includes("_") ? -1 : end
}

// "http://example.comだよね.and": the last label is nothing, an earlier one begins with a real ending.
function beforeGluedText(cooked: string, end: number): number {
  for (let labelStart = endOfLabel(cooked, 0, end) + 1; labelStart < end;) {
    const labelEnd = endOfLabel(cooked, labelStart, end)
    const cut = suffixBeforeGlue(cooked, labelStart, labelEnd)
    if (cut > 0) return cut
    labelStart = labelEnd + 1
  }
  return end
}

function endOfLabel(cooked: string, start: number, end: number): number {
  const dot = cooked.indexOf(".", start)
  return dot < 0 || dot > end ? end : dot
}

function isEnding(cooked: string, from: number, to: number): boolean {
  if (to - from > labelLengthMax) return false
  const label = cooked.slice(from, to).toLowerCase()
  return isTopLevel(isAscii(label) ? label : label.normalize("NFKC").toLowerCase())
}

// The end of an ASCII top-level domain to which text of another script is glued: `com` of `comだよね`.
function suffixBeforeGlue(cooked: string, from: number, to: number): number {
  let at = from
  while (at < to && isAsciiWord(cooked.charCodeAt(at))) at++
  if (at === from || at === to || cooked.charCodeAt(at) < 0x80) return -1
  return isEnding(cooked, from, at) ? at : -1
}

// Text of an unspaced script, or a symbol, glued before a Latin-script name is not part of it; a name
// that ends in such a script, like `hello中国.com`, is left whole.
function afterGlue(cooked: string, from: number, to: number): number {
  let start = from
  const end = endOfLabel(cooked, from, to)
  for (let at = from; at < end; at += widthAt(cooked, at)) {
    if (cooked.charCodeAt(at) < 0x80) continue
    const next = at + widthAt(cooked, at)
    if (next >= end) break
    const glue = isUnspacedAt(cooked, at) || (cooked.charCodeAt(at) === 0xfe0f && at > from)
    if (glue && isAsciiWord(cooked.charCodeAt(next))) start = next
  }
  while (start < end && isLeadingSign(cooked, start)) start++
  return start
}

function isLeadingSign(cooked: string, at: number): boolean {
  return !isAsciiWord(cooked.charCodeAt(at)) && /[\p{Sm}\p{Sc}\p{Sk}\p{M}-]/u.test(cooked.charAt(at))
}

/**
 * Whether the URL Standard takes a host. That of one with valid labels, as all here are, is plain where it is ASCII, ends
 * in a letter and holds no A-label; the others are tried.
 */
export const isTakenByUrls = (scheme: string, host: string): boolean =>
  (/^[a-z\d.-]*[a-z]$/i.test(host) && !/xn--/i.test(host)) || URL.canParse(`${scheme}://${host}`)

function hasValidLabels(host: string): boolean {
  if (host === "" || host.length > hostLengthMax) return false
  for (let start = 0; start <= host.length;) {
    const end = endOfLabel(host, start, host.length)
    if (end === start || end - start > labelLengthMax) return false
    if (isJoiner(host.charCodeAt(start)) || isJoiner(host.charCodeAt(end - 1))) return false
    start = end + 1
  }
  return true
}

// A hyphen or an underscore joins; a label neither begins nor ends with one.
const isJoiner = (unit: number): boolean => unit === 0x2d || unit === 0x5f

const ownerOf = (registered: string): string => registered.slice(0, registered.indexOf("."))

// "nice.So" and "at 10.am" are prose, though `.so` and `.am` are countries.
function isSentence(host: string): boolean {
  const dot = host.indexOf(".")
  if (host.length - dot > functionWordLengthMax + 1) return false
  if (/^\d{1,2}\.[ap]m$/i.test(host)) return true
  return functionWords.has(host.slice(dot + 1)) && /^[A-Za-z][a-z]*$/.test(host.slice(0, dot))
}

const functionWordLengthMax = 2
