/** People, under the pseudonyms that the log has of them. */
import { Schema } from "effect"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import { ChatId, EpochMillis, PersonId } from "../ids.ts"
import { Authorization, NeedsRole } from "./access.ts"
import { pageOf, paging } from "./lists.ts"
import { Behind, Unavailable } from "./problems.ts"

const { NullOr } = Schema
const Chats = Schema.Array(ChatId)

/**
 * Somebody whom an event named; pseudonyms that turned out to be one person are one. `name` is that of their newest message,
 * where the key may read words. `memberOf` and `adminOf` are groups whose events said so, `optedOutOf` the chats in which they
 * are not read because they asked for it. `forgotten` stays true: whoever writes again after that is somebody new.
 */
export const Person = Schema.Struct({
  cursor: Schema.Int,
  person: PersonId,
  name: NullOr(Schema.String),
  messages: Schema.Int,
  links: Schema.Int,
  memberOf: Chats,
  adminOf: Chats,
  optedOutOf: Chats,
  forgotten: Schema.Boolean,
  firstAt: EpochMillis,
  lastAt: NullOr(EpochMillis)
})

const inChat = (description: string) => Schema.optionalKey(ChatId.pipe(Schema.annotate({ description })))

const list = HttpApiEndpoint.get("list", "/v1/people", {
  query: {
    memberOf: inChat("Only members of this group."),
    adminOf: inChat("Only admins of this group."),
    optedOutOf: inChat("Only those who are not read in this chat because they asked for it."),
    ...paging
  },
  success: pageOf(Person),
  error: [Behind, Unavailable]
}).annotate(NeedsRole, "viewer")

export const people = HttpApiGroup.make("people").add(list).middleware(Authorization)
