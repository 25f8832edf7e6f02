/** Reading a list while it is fetched: which of what is new on it may be about links that chats hold. */
import { linkId } from "../../../contracts/link/link-id.ts"
import type { StateReader } from "../../../infra/actor/state.ts"
import type { KeyringService } from "../../../infra/keyring/keyring.ts"
import { pause } from "../feeds/feed-file.ts"
import type { Listing } from "../feeds/feed-line.ts"
import { postedBetween } from "./kept.ts"
import { TokenSet } from "./token-set.ts"
import { isHeld } from "./watched.ts"

/** The key of ids is asked for again after as many lines: it is never kept, for an erasure destroys it. */
const linesPerKey = 100
/** Minutes without links are passed over so many at a time: less than a millisecond. */
const minutesAtOnce = 100

/** What was read of one list. */
export interface Reading {
  /** The tokens that may be those of watched links. */
  readonly tokens: ReadonlySet<string>
  /** When it was looked which links are watched: of those that were posted later the tokens are not known here. */
  readonly at: number
  readonly tell: (listing: Listing) => void
}

/** What a listing may be known by in the log: a page by both of its schemes, a host as host and as domain. */
const tokensOf = (linkKey: Uint8Array, { key, kind }: Listing): ReadonlyArray<string> =>
  kind === "host"
    ? [linkId(linkKey, key)]
    : [linkId(linkKey, `https://${key}`), linkId(linkKey, `http://${key}`)]

const watchedTokens = async (state: StateReader, now: number): Promise<TokenSet> => {
  const tokens = new TokenSet()
  let minutes = 0
  for (const links of postedBetween(state, 0, now)) {
    if (links.length > 0 || ++minutes % minutesAtOnce === 0) await pause()
    for (const link of links)
      if (isHeld(link)) for (const token of [link.link, link.host, ...link.domains]) tokens.add(token)
  }
  return tokens
}

/** Begins to read a list. `now` is in milliseconds since the epoch. */
export const beginReading = async (
  state: StateReader,
  keyring: Pick<KeyringService, "linkKeys">,
  now: number
): Promise<Reading> => {
  const watched = await watchedTokens(state, now)
  const tokens = new Set<string>()
  let linkKey: Uint8Array | undefined
  let lines = 0
  const tell = (listing: Listing) => {
    if (watched.size === 0) return
    if (linkKey === undefined || lines++ % linesPerKey === 0) linkKey = keyring.linkKeys([]).current
    for (const token of tokensOf(linkKey, listing)) if (watched.has(token)) tokens.add(token)
  }
  return { tokens, at: now, tell }
}
