import { parse } from "tldts"

/** Where a host name stops being its owner's and starts being a registry's. */
export interface PublicSuffix {
  /** The longest suffix under which names are handed out: `co.uk`, `github.io`. */
  readonly suffix: string | null
  /** The suffix and one label more: what one owner holds. Null when the host is itself a suffix. */
  readonly registrable: string | null
}

const none: PublicSuffix = { suffix: null, registrable: null }

// The private section counts: two sites on github.io have two owners, and one bad one must not
// condemn the other. Validation is off because chats hold names no registry would hand out.
const withPrivateSection = { allowPrivateDomains: true, validateHostname: false, extractHostname: false }
const registryOnly = { allowPrivateDomains: false, validateHostname: false, extractHostname: false }

/**
 * The public suffix and the registrable domain of `host` by the Public Suffix List
 * (https://publicsuffix.org/list/), private section included, with its default rule `*`: an unlisted
 * last label is a suffix.
 *
 * Answers are lower-case and in the spelling they were asked in: U-labels in, U-labels out. One
 * trailing dot is ignored. Addresses, empty names and names with an empty label have neither.
 *
 * @example publicSuffix("a.b.example.co.uk") // { suffix: "co.uk", registrable: "example.co.uk" }
 */
export function publicSuffix(host: string): PublicSuffix {
  const name = wellFormed(host)
  if (name === null) return none
  const parsed = parse(name, withPrivateSection)
  if (parsed.isIp === true) return none
  return { suffix: parsed.publicSuffix, registrable: parsed.domain }
}

/**
 * The registrable domain by the registries' section alone, or null when the last label is in no
 * registry: what decides whether text without a scheme is a link. `foo.github.io` answers
 * `github.io`; `file.txt` answers null.
 */
export function registeredDomain(host: string): string | null {
  const name = wellFormed(host)
  if (name === null) return null
  const parsed = parse(name, registryOnly)
  return parsed.isIcann === true ? parsed.domain : null
}

// Texts repeat a handful of endings; asking the list once for each keeps extraction linear and cheap.
const endings = new Map<string, boolean>()
const endingsRememberedMax = 4_096

/** Whether `label` (lower-case) is a top-level domain that some registry runs: `com`, `рф`, not `txt`. */
export function isTopLevel(label: string): boolean {
  const known = endings.get(label)
  if (known !== undefined) return known
  const answer = parse(`x.${label}`, registryOnly).isIcann === true
  // Endings are chosen by senders, so the memory of them is bounded.
  if (endings.size >= endingsRememberedMax) endings.clear()
  endings.set(label, answer)
  return answer
}

function wellFormed(host: string): string | null {
  const lower = host.toLowerCase()
  const name = lower.endsWith(".") ? lower.slice(0, -1) : lower
  if (name === "" || name.startsWith(".") || name.includes("..")) return null
  return name
}
