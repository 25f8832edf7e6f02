/**
 * Subjects, built and parsed in this one place. Tokens are `[a-z0-9_-]`, 1 to 40 characters: NATS would
 * take a dot as a level, refuse a space, and time out on a very long token.
 */
import { Schema } from "effect"
import type { AccountId } from "./ids.ts"
import { contexts, type Context } from "./contexts.ts"

const tokenPattern = /^[a-z0-9_-]{1,40}$/

/** A subject that names something which is not a token. */
export class BadToken extends Schema.TaggedError<BadToken>()("BadToken", {
  token: Schema.String
}) {
  override get message(): string {
    return `expected 1 to 40 characters of a-z, 0-9, _ and - in a subject, found ${JSON.stringify(this.token.slice(0, 60))}`
  }
}

const token = (text: string): string => {
  if (!tokenPattern.test(text)) throw new BadToken({ token: text })
  return text
}

/** `evt.<account>.<context>.<boundary>.<event>`: where one event lives. */
export const eventSubject = (account: AccountId, context: Context, boundary: string, event: string): string =>
  `evt.${token(account)}.${context}.${token(boundary)}.${token(event)}`

/** Everything within one consistency boundary: what an append's expectation is about. */
export const boundarySubject = (account: AccountId, context: Context, boundary: string): string =>
  `evt.${token(account)}.${context}.${token(boundary)}.>`

/** Every event of one name, whatever its boundary: what a reader filters by. */
export const eventFilter = (account: AccountId, context: Context, event: string): string =>
  `evt.${token(account)}.${context}.*.${token(event)}`

/** Every event of one context. */
export const contextFilter = (account: AccountId, context: Context): string =>
  `evt.${token(account)}.${context}.>`

/** `cmd.<account>.<context>.<verb>`: where the one writer answers requests. */
export const commandSubject = (account: AccountId, context: string, verb: string): string =>
  `cmd.${token(account)}.${token(context)}.${token(verb)}`

/** `live.<account>.<topic>`: signals that are not facts, for who listens at this moment. */
export const liveSubject = (account: AccountId, topic: string): string =>
  `live.${token(account)}.${token(topic)}`

export interface EventAddress {
  readonly account: string
  readonly context: Context
  readonly boundary: string
  readonly event: string
}

const isContext = (text: string): text is Context => Object.hasOwn(contexts, text)

/** The parts of an event's subject, or `undefined` where it is not one. */
export const parseEventSubject = (subject: string): EventAddress | undefined => {
  const [root, account, context, boundary, event, rest] = subject.split(".")
  if (root !== "evt" || rest !== undefined || event === undefined) return undefined
  if (account === undefined || context === undefined || boundary === undefined || !isContext(context))
    return undefined
  return { account, context, boundary, event }
}
