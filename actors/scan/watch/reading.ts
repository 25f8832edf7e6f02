/** Reading a list while it is fetched: which of what is new on it may be about links that chats hold. */
import { createSecretKey } from "node:crypto"
import { linkId } from "../../../contracts/link/link-id.ts"
import type { StateReader } from "../../../infra/actor/state.ts"
import type { KeyringService } from "../../../infra/keyring/keyring.ts"
import { pause } from "../feeds/feed-file.ts"
import type { Listing } from "../feeds/feed-line.ts"
import { postedBetween } from "./kept.ts"
import { TokenSet } from "./token-set.ts"
import { isHeld, tokensOf } from "./watched.ts"

/** The key of ids is asked for again after as many lines: it is never kept, for an erasure destroys it. */
const linesPerKey = 100
/** Minutes without links are passed over so many at a time: less than a millisecond. */
const minutesAtOnce = 100

/** The links that were watched at a moment, by all of their tokens. */
export interface Watching {
  readonly tokens: TokenSet
  readonly at: number
  /** The last place in the log at which one of them was posted. */
  readonly upTo: number
}

/** What was read of one list. */
export interface Reading {
  /** The tokens that may be those of watched links. */
  readonly tokens: ReadonlySet<string>
  /** Of links that were posted later the tokens are not known here. */
  readonly watching: Watching
  readonly tell: (listing: Listing) => void
}

/** Made once for many lines: making it takes as long as using it. */
const currentKey = (keyring: Pick<KeyringService, "linkKeys">) =>
  createSecretKey(keyring.linkKeys([]).current)

const hostOf = ({ key, kind }: Listing): string =>
  kind === "host" ? key : (URL.parse(`http://${key}`)?.hostname.replace(/\.$/, "") ?? "")

/** Looks which links are watched. `now` is in milliseconds since the epoch. */
export const lookAtWatched = async (state: StateReader, now: number): Promise<Watching> => {
  const tokens = new TokenSet()
  let minutes = 0
  let upTo = 0
  for (const links of postedBetween(state, 0, now)) {
    if (links.length > 0 || ++minutes % minutesAtOnce === 0) await pause()
    for (const link of links) {
      upTo = Math.max(upTo, link.posted)
      if (isHeld(link)) for (const token of tokensOf(link)) tokens.add(token)
    }
  }
  return { tokens, at: now, upTo }
}

/** Begins to read a list. */
export const beginReading = (watching: Watching, keyring: Pick<KeyringService, "linkKeys">): Reading => {
  const tokens = new Set<string>()
  let linkKey = currentKey(keyring)
  let lines = 0
  let host = { name: "", token: "", isWatched: false }
  const refresh = () => {
    linkKey = currentKey(keyring)
    host = { name: "", token: "", isWatched: false }
  }
  /** Lists name many pages of one host, one after the other. */
  const lookUp = (name: string) => {
    if (host.name === name) return
    const token = linkId(linkKey, name)
    host = { name, token, isWatched: watching.tokens.has(token) }
  }
  const tell = (listing: Listing) => {
    if (watching.tokens.size === 0) return
    if (++lines % linesPerKey === 0) refresh()
    lookUp(hostOf(listing))
    if (!host.isWatched) return
    if (listing.kind === "host") return void tokens.add(host.token)
    // A page is known by either of its schemes.
    for (const scheme of ["https", "http"]) tokens.add(linkId(linkKey, `${scheme}://${listing.key}`))
  }
  return { tokens, watching, tell }
}
