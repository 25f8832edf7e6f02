/** Answers that show how things stand: help, status, who did what. */
import type { CommandName } from "../../../contracts/chat-command.ts"
import { policyOf } from "../chats.ts"
import { optedOutIn } from "../consent.ts"
import { type Answer, type Asked, done } from "./asked.ts"
import { consentFacts, overridesHere } from "./answer-policy.ts"
import { deeds } from "./model.ts"
import { commandsFor } from "./permission.ts"

/** Only what whoever asks may do. */
export const help = ({ role, words }: Asked): Answer =>
  done(
    words.help(
      commandsFor(role).map((command: CommandName) => `${words.usage[command]} — ${words.about[command]}`)
    )
  )

export const status = (asked: Asked): Answer => {
  const { given, moment, now, self, words } = asked
  const { mutedUntil, settings } = policyOf(self.state, given.chat)
  return done(
    words.status({
      enabled: settings.enabled,
      simulate: settings.simulate.length > 0,
      ...(mutedUntil > now ? { mutedUntil: moment(mutedUntil) } : {}),
      overrides: overridesHere(asked).length,
      consent: consentFacts(asked),
      optedOut: optedOutIn(self.state, given.chat)
    })
  )
}

export const consentStatus = (asked: Asked): Answer => done(asked.words.consentStatus(consentFacts(asked)))

export const governance = (count: number, { given, moment, self, words }: Asked): Answer => {
  const lines = (self.state.get(deeds, given.chat) ?? [])
    .slice(0, count)
    .map(({ at, command, role }) => words.deed({ at: moment(at), command, role }))
  return done(lines.length === 0 ? words.noDeeds : words.governance(lines))
}
