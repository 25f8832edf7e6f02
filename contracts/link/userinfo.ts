import { classAt, Stop } from "./characters.ts"

// Characters of RFC 3986 user names, with what browsers take besides; in a password more is allowed.
const nameEnds = "/?#\\()[]{}'"
const passwordEnds = "/?#\\[]{}"

const colon = 0x3a
const at = 0x40

/** Where the host begins whose link has its authority at `from`; -1 when there is a userinfo and it is empty. */
export type HostStart = (from: number) => number

// What is found from a place on: the place behind the last `@` of the userinfo, or one of these.
const none = 0
const empty = -1

/**
 * Where hosts begin behind a userinfo (`name:password@`): at `from` itself where there is none, else behind
 * the last `@`. The whole text is gone through in one pass, the first time anybody asks, so that asking for
 * every scheme of a hostile text stays linear.
 */
export function hostStarts(text: string): HostStart {
  // Hardly any text has one, and then there is no userinfo in it.
  if (!text.includes("@")) return (from) => from
  let found: Int32Array | undefined
  return (from) => {
    if (text.charCodeAt(from) === at) return -1
    found ??= lookBackwards(text)
    const place = found[from] ?? none
    return place === none ? from : place
  }
}

function lookBackwards(text: string): Int32Array {
  const inName = new Int32Array(text.length + 1)
  const inPassword = new Int32Array(text.length + 1)
  for (let place = text.length - 1; place >= 0; place--) {
    const unit = text.charCodeAt(place)
    const char = text.charAt(place)
    if (passwordEnds.includes(char) || isStop(text, place, unit)) continue
    const behindPassword = inPassword[place + 1] ?? none
    const behindName = (unit === colon ? inPassword : inName)[place + 1] ?? none
    const isAt = unit === at
    inPassword[place] = isAt ? behindAt(text, place, behindPassword) : behindPassword
    if (!nameEnds.includes(char)) inName[place] = isAt ? behindAt(text, place, behindName) : behindName
  }
  return inName
}

// Two in a row are an empty userinfo, wherever they stand.
function behindAt(text: string, place: number, further: number): number {
  if (text.charCodeAt(place + 1) === at) return empty
  return further === none ? place + 1 : further
}

// Half of a pair says nothing by itself, and a whole one never stops.
const isStop = (text: string, place: number, unit: number): boolean =>
  (unit < 0xd800 || unit > 0xdfff) && classAt(text, place) === Stop
