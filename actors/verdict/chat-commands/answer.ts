/** From a command to its answer. Who asked may do it. */
import { Effect } from "effect"
import { consentStatus, governance, help, status } from "./answer-chat.ts"
import { explain, report, scan } from "./answer-links.ts"
import { approve, pair, pairReset, pairStatus } from "./answer-asking.ts"
import { consent, mute, optOut, overrides, rule, unmute } from "./answer-policy.ts"
import { schedule } from "./answer-schedule.ts"
import { settings } from "./answer-settings.ts"
import type { Asked } from "./asked.ts"
import type { ChatCommand } from "./parse.ts"

export const answerCommand = Effect.fnUntraced(function* (command: ChatCommand, asked: Asked) {
  switch (command.command) {
    case "help":
      return help(asked)
    case "status":
      return status(asked)
    case "scan":
    case "rescan":
      return scan(command.command, asked)
    case "explain":
      return yield* explain(asked)
    case "report":
      return report(asked)
    case "mute":
      return mute(command, asked)
    case "unmute":
      return unmute(asked)
    case "allow":
    case "deny":
      return rule(command, asked)
    case "overrides":
      return overrides(command, asked)
    case "settings":
      return settings(command, asked)
    case "consent":
      return consent(command, asked)
    case "consentstatus":
      return consentStatus(asked)
    case "optout":
      return optOut(true, asked)
    case "optin":
      return optOut(false, asked)
    case "governance":
      return governance(command.count, asked)
    case "schedule":
      return yield* schedule(command, asked)
    case "approve":
      return yield* approve(command, asked)
    case "pair":
      return pair(asked)
    case "pair-status":
      return yield* pairStatus(asked)
    case "pair-reset":
      return yield* pairReset(asked)
  }
})
