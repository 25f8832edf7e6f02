/**
 * What must not compile. `tsc` is the judge: a line marked as an expected error that compiles is an error
 * itself. The one test here says only that the file is in its scope.
 */
import { expect, it } from "@effect/vitest"
import { Schema } from "effect"
import type { AnyFact, AnyRecorded, EventName, RecordedOf } from "../../contracts/catalogue.ts"
import { command } from "../../contracts/command.ts"
import { event, type Fact, type Recorded } from "../../contracts/event.ts"
import { AccountId, ChatId, PersonId } from "../../contracts/ids.ts"
import { MessageReceived } from "../../contracts/message.ts"
import { Personal, type Sealed } from "../../contracts/personal.ts"
import { Muted } from "../../contracts/policy.ts"
import { eventSubject } from "../../contracts/subjects.ts"

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const holds = <T extends true>(): T | undefined => undefined

const chat = ChatId.make("c0example0")
const person = PersonId.make("p0example0")

/** Never called: its body is for the compiler. */
export const mustNotCompile = (recorded: AnyRecorded, sealed: Recorded<typeof MessageReceived>) => {
  // @ts-expect-error a context that is not declared
  event("nowhere.happened", { about: "…", data: {}, example: {} })

  // @ts-expect-error the context's boundary is read off `chat`, which is missing
  event("message.happened", { about: "…", data: { at: Schema.Int }, example: { at: 1 } })

  // @ts-expect-error an example that does not have the declared shape
  event("message.happened", { about: "…", data: { chat: ChatId }, example: { chat: 1 } })

  event("message.happened", {
    about: "…",
    data: { chat: ChatId },
    personal: { name: Personal(Schema.String, ["chat"]) },
    // @ts-expect-error an example without its personal field
    example: { chat }
  })

  // @ts-expect-error a person is no chat
  Muted({ chat: person, until: 1, by: "operator" })

  // @ts-expect-error plain text is no chat
  Muted({ chat: "c0example0", until: 1, by: "operator" })

  // @ts-expect-error a field that is not declared
  Muted({ chat, until: 1, by: "operator", loud: true })

  // @ts-expect-error a field that is missing
  Muted({ chat, until: 1 })

  // @ts-expect-error an event that is not in the catalogue
  const unheard: AnyFact = { type: "policy.unheard-of", data: {} }

  // @ts-expect-error a name that is not in the catalogue
  const name: EventName = "policy.unheard-of"

  // @ts-expect-error what is sealed is no text to read
  const said: string = sealed.data.said.text

  // @ts-expect-error which of the events it is must be asked first
  const until = recorded.data.until

  // @ts-expect-error a chat is no account
  eventSubject(chat, "policy", "all", "muted")

  // @ts-expect-error a context that is not declared
  eventSubject(AccountId.make("aexample0"), "nowhere", "all", "muted")

  // @ts-expect-error nobody of that name answers commands
  command("chat.sing", { answeredBy: "choir", about: "…", payload: {}, example: {} })

  return { unheard, name, said, until }
}

/** Never called: these are about what types are, not about what they refuse. */
export const mustHold = (recorded: AnyRecorded) => {
  holds<Same<RecordedOf<"policy.muted">["data"], Recorded<typeof Muted>["data"]>>()
  holds<Same<Fact<typeof MessageReceived>["data"]["who"], { readonly name: string }>>()
  holds<Same<Recorded<typeof MessageReceived>["data"]["who"], Sealed<{ readonly name: string }>>>()
  holds<Same<Recorded<typeof Muted>["data"]["until"], number>>()
  if (recorded.type === "policy.muted") holds<Same<typeof recorded.data.chat, ChatId>>()
}

it("is checked by the compiler", () => {
  expect([mustNotCompile, mustHold].every((body) => typeof body === "function")).toBe(true)
})
