/** A service that knows something about links: what one is, and how it fails. */
import { type Effect, Schema } from "effect"
import type { FetchFailed } from "../../../infra/guarded-client/fetch-failed.ts"
import type { GuardedClientService } from "../../../infra/guarded-client/client.ts"
import type { Evidence } from "../evidence.ts"
import type { Quota } from "./quota-ledger.ts"

/** What a source says about a link. */
export interface Said {
  readonly evidence: ReadonlyArray<Evidence>
  /** That it does not know the link, in words: no evidence, and no clean answer either. */
  readonly unknown?: string
  /** How long the answer may be given again without asking. */
  readonly validSeconds: number
}

export const SourceFault = Schema.Literals(["unavailable", "over-quota", "key-refused", "malformed"])
export type SourceFault = typeof SourceFault.Type

/** The service answered, and not with what was asked for. */
export class SourceFailed extends Schema.TaggedError<SourceFailed>()("SourceFailed", {
  fault: SourceFault,
  message: Schema.String,
  /** When the service wants to be asked again, where it says so. */
  retryAfterSeconds: Schema.optionalKey(Schema.Finite)
}) {}

export interface Source {
  readonly name: string
  /** What the service allows; every attempt counts. */
  readonly quotas: ReadonlyArray<Quota>
  /** What of a URL is asked about, where that is less than all of it: one answer stands for every URL of it. */
  readonly subjectOf?: (url: string) => string
  /** What it says without being asked, where that is all there is to say: in microseconds, at any time. */
  readonly known?: (url: string, now: number) => Said | undefined
  /** It is the link's own server that is asked: once, and not a second time where it is slow. */
  readonly asksTheSite?: true
  /**
   * Asks. One request is paid for; `more` takes another one from the quotas, and says whether there was one to take. There
   * is none for who asks sparingly.
   */
  readonly ask: (
    client: GuardedClientService,
    url: string,
    more: Effect.Effect<boolean>
  ) => Effect.Effect<Said, SourceFailed | FetchFailed>
}
