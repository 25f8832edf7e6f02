/** Answers to what changes how a chat is treated: mute, allow and deny, consent, opting out. */
import { Option } from "effect"
import { ConsentGiven, ConsentWithdrawn, OptedIn, OptedOut } from "../../../contracts/consent.ts"
import { Muted, OverrideRemoved, OverrideSet, Unmuted } from "../../../contracts/policy.ts"
import { unclickable } from "../../../contracts/link/unclickable.ts"
import { policyOf } from "../chats.ts"
import { consentOf, hasOptedOut, isConsentRequired } from "../consent.ts"
import { overrides as overrideStore, type Override } from "../model.ts"
import { overrideToken } from "../override-token.ts"
import { type Answer, type Asked, byOf, done, refused } from "./asked.ts"
import { overridesOfChat } from "./model.ts"
import { type ChatCommand, codeOf } from "./parse.ts"
import { overrideIdOf } from "./ruling.ts"

type Of<Name extends ChatCommand["command"]> = Extract<ChatCommand, { readonly command: Name }>

/** It ends so long after it was asked for, however late that is heard. */
export const mute = ({ millis }: Of<"mute">, asked: Asked): Answer => {
  const until = asked.given.at + millis
  if (until <= asked.now) return refused(asked.words.muteOver)
  const { chat } = asked.given
  return done(asked.words.muted(asked.moment(until)), Muted({ chat, until, by: byOf(asked) }))
}

export const unmute = (asked: Asked): Answer => {
  const { chat } = asked.given
  return policyOf(asked.self.state, chat).mutedUntil > asked.now
    ? done(asked.words.unmuted, Unmuted({ chat, by: byOf(asked) }))
    : refused(asked.words.notMuted)
}

export const rule = (command: Of<"allow" | "deny">, asked: Asked): Answer => {
  const { given, keyring, moment, now, words } = asked
  const { command: effect, match, pattern, reason } = command
  const keys = keyring.linkKeys([given.chat])
  const token = overrideToken(keys.current, match, pattern)
  const next = keys.next && overrideToken(keys.next.secret, match, pattern)
  const found = unclickable(pattern)
  if (token === undefined) return refused(words.unexpected["link-or-domain"](effect, found))
  const expiresAt = command.millis === undefined ? undefined : given.at + command.millis
  if (expiresAt !== undefined && expiresAt <= now) return refused(words.unavailable)
  return done(
    words.ruled({
      effect,
      pattern: found,
      ...(expiresAt === undefined ? {} : { until: moment(expiresAt) })
    }),
    OverrideSet({
      override: overrideIdOf(given),
      chat: given.chat,
      match,
      token,
      ...(next === undefined ? {} : { next }),
      effect,
      ...(expiresAt === undefined ? {} : { expiresAt }),
      by: byOf(asked),
      words: { pattern, ...(reason === undefined ? {} : { reason }) }
    })
  )
}

/** As many overrides as one message shows. */
const overridesShownMax = 15

/** Those of the chat alone, the newest first: what holds everywhere is the operator's, who may have many. */
export const overridesHere = ({ given, keyring, self }: Pick<Asked, "given" | "keyring" | "self">) =>
  keyring
    .pseudonymsOf(given.chat)
    .flatMap((chat) => self.state.walk(overridesOfChat, `${chat}/`))
    .map(([key]) => self.state.get(overrideStore, key.split("/")[1]!))
    .filter((it) => it !== undefined)
    .toSorted((a, b) => b.sequence - a.sequence)

/** What an override is about, as long as anybody may know it. */
const wordsOf = ({ keyring }: Asked, it: Override) =>
  Option.getOrUndefined(Option.liftThrowable(() => keyring.open(it.words))())

const patternOf = (asked: Asked, it: Override): string => unclickable(wordsOf(asked, it)?.pattern ?? "…")

const listed = (asked: Asked): Answer => {
  const all = overridesHere(asked)
  if (all.length === 0) return done(asked.words.noOverrides)
  const lines = all.slice(0, overridesShownMax).map((it) => {
    const reason = wordsOf(asked, it)?.reason
    return asked.words.override({
      code: codeOf(it.override),
      effect: it.effect,
      pattern: patternOf(asked, it),
      everywhere: false,
      ...(it.expiresAt === undefined ? {} : { until: asked.moment(it.expiresAt) }),
      ...(reason === undefined ? {} : { reason: unclickable(reason) })
    })
  })
  return done(asked.words.overrides(lines, all.length - lines.length))
}

const removed = (code: string, asked: Asked): Answer => {
  const it = overridesHere(asked).find(({ override }) => codeOf(override) === code)
  if (it === undefined) return refused(asked.words.noSuchOverride(code))
  const { chat, effect, override } = it
  return done(
    asked.words.overrideRemoved({ effect, pattern: patternOf(asked, it) }),
    OverrideRemoved({ override, by: byOf(asked), ...(chat === undefined ? {} : { chat }) })
  )
}

export const overrides = (command: Of<"overrides">, asked: Asked): Answer =>
  command.wish === "list" ? listed(asked) : removed(command.code, asked)

export const consentFacts = ({ given, moment, self }: Pick<Asked, "given" | "moment" | "self">) => {
  const consent = consentOf(self.state, given.chat)
  return {
    required: isConsentRequired(self.state),
    given: consent?.given === true,
    ...(consent === undefined ? {} : { since: moment(consent.since) })
  }
}

export const consent = (command: Of<"consent">, asked: Asked): Answer => {
  const { chat } = asked.given
  const by = byOf(asked)
  return command.given
    ? done(asked.words.consentGiven, ConsentGiven({ chat, by }))
    : done(asked.words.consentWithdrawn, ConsentWithdrawn({ chat, by }))
}

/** Done again it says the same, and changes nothing. */
export const optOut = (wanted: boolean, asked: Asked): Answer => {
  const { chat, sender: person } = asked.given
  const fact = { chat, person, by: byOf(asked) }
  const text = wanted ? asked.words.optedOut : asked.words.optedIn
  if (hasOptedOut(asked.self.state, chat, person) === wanted) return done(text)
  return done(text, wanted ? OptedOut(fact) : OptedIn(fact))
}
