/** What the log holds of a watched link, opened: its URL, and what was found out about it last. */
import { Effect } from "effect"
import type { RecordedOf } from "../../../contracts/catalogue.ts"
import type { Fact } from "../../../contracts/event.ts"
import type { ChatId, LinkId, PersonId } from "../../../contracts/ids.ts"
import type { Said, SpelledLink } from "../../../contracts/message.ts"
import type {
  Found,
  FoundHop,
  MissingEvidence,
  ScanCompleted,
  ScanReleased,
  WeighedEvidence
} from "../../../contracts/scan.ts"
import type { FeedFailed, FeedMatched, FeedRefreshed, FeedWithdrawn } from "../../../contracts/feed.ts"
import type { SourceChanged } from "../../../contracts/source.ts"
import type { Reason, Self } from "../../../infra/actor/process-manager.ts"
import { Keyring } from "../../../infra/keyring/keyring.ts"
import type { BrandIndex } from "../brand-index.ts"
import { localEvidence, wrapperEvidence } from "../classify.ts"
import type { Evidence } from "../evidence.ts"
import type { Watched } from "./watched.ts"

/** Anything that the watch says. */
export type Published = Fact<
  | typeof ScanCompleted
  | typeof ScanReleased
  | typeof FeedRefreshed
  | typeof FeedMatched
  | typeof FeedFailed
  | typeof FeedWithdrawn
  | typeof SourceChanged
>

export interface Known {
  readonly url: string
  /** Whose words they are: nothing is sealed for anybody else. */
  readonly about: { readonly link: LinkId; readonly chat?: ChatId; readonly sender?: PersonId }
  readonly evidence: ReadonlyArray<Evidence>
  readonly missing: ReadonlyArray<MissingEvidence>
  readonly hops?: ReadonlyArray<FoundHop>
  /** The sequence of the newest result, where there is one. */
  readonly revises?: number
  /** What led to this: the newest result, or the message. */
  readonly reason: Reason
}

const reasonOf = ({
  correlation,
  id
}: {
  readonly id: string
  readonly correlation: string | undefined
}) => ({
  cause: id,
  correlation: correlation ?? id
})

/** The evidence of a recorded result, with its words where they can be read. */
const evidenceOf = (
  evidence: ReadonlyArray<WeighedEvidence>,
  details: Found["details"]
): ReadonlyArray<Evidence> =>
  evidence.map(({ kind, source }, at) => {
    const detail = details[at] ?? null
    return detail === null ? { source, kind } : { source, kind, detail }
  })

type Result = RecordedOf<"scan.completed">
type Posting = RecordedOf<"message.received" | "message.edited">

const ofResult = (event: Result, found: Found): Known => {
  const { chat, link, missing, sender } = event.data
  return {
    url: found.url,
    about: {
      link,
      ...(chat === undefined ? {} : { chat }),
      ...(sender === undefined ? {} : { sender })
    },
    evidence: evidenceOf(event.data.evidence, found.details),
    missing,
    ...(found.hops === undefined ? {} : { hops: found.hops }),
    revises: event.sequence,
    reason: reasonOf(event)
  }
}

/** The words of the result are gone with whom it was said to; that it was found is not. */
const ofMessage = (
  event: Posting,
  { link, url, wrappers = [] }: SpelledLink,
  result: Result | undefined,
  brands: BrandIndex | undefined
): Known => ({
  url,
  about: { link, chat: event.data.chat, sender: event.data.sender },
  evidence:
    result === undefined
      ? [...localEvidence(url, brands), ...wrapperEvidence(wrappers)]
      : evidenceOf(result.data.evidence, []),
  missing: result?.data.missing ?? [],
  ...(result === undefined ? {} : { revises: result.sequence }),
  reason: reasonOf(result ?? event)
})

/**
 * What is known of a link, by its newest result, or where that was said to somebody who is forgotten by the newest
 * message that brought it; `undefined` where neither can be opened any more.
 */
export const knownOf = Effect.fnUntraced(function* (
  self: Pick<Self<Published>, "event">,
  { link, newest, posted }: Watched,
  brands?: BrandIndex
) {
  const keyring = yield* Keyring
  const event = newest === undefined ? undefined : yield* self.event(newest.sequence)
  const result = event?.type === "scan.completed" ? event : undefined
  const found = result === undefined ? null : keyring.open<Found>(result.data.found)
  if (result !== undefined && found !== null) return ofResult(result, found)
  const posting = yield* self.event(posted)
  if (posting?.type !== "message.received" && posting?.type !== "message.edited") return undefined
  const spelled = keyring.open<Said>(posting.data.said)?.links.find((it) => it.link === link)
  return spelled === undefined ? undefined : ofMessage(posting, spelled, result, brands)
})

/** The URL that a link was found to end at, where that is another one. */
export const endOf = ({ hops = [], url }: Pick<Known, "hops" | "url">): string | undefined => {
  const last = hops.at(-1)?.url
  return hops.length > 1 && last !== undefined && last !== url && /^https?:/.test(last) ? last : undefined
}
