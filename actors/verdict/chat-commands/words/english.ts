/** What those who give commands read, in English. */
import type { CommandWords } from "./command-words.ts"

const times = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`

export const english: CommandWords = {
  usage: {
    help: "help",
    scan: "scan LINK",
    report: "report [LINK] (without one: in reply to a warning, or to what it is about)",
    optout: "optout",
    optin: "optin",
    status: "status",
    rescan: "rescan LINK",
    explain: "explain LINK",
    mute: "mute [2h]",
    unmute: "unmute",
    allow: "allow LINK|DOMAIN [for 2d] [reason]",
    deny: "deny LINK|DOMAIN [for 2d] [reason]",
    overrides: "overrides [remove CODE]",
    settings: "settings [NAME VALUE]",
    consent: "consent [yes|no]",
    consentstatus: "consentstatus",
    approve: "approve [NUMBER|all]",
    schedule: "schedule [[2026-12-31] 23:59 TEXT | cancel CODE]",
    governance: "governance [10]",
    pair: "pair",
    "pair-status": "pair-status",
    "pair-reset": "pair-reset"
  },
  about: {
    help: "this list",
    scan: "what is known of a link",
    report: "say that a warning is wrong",
    optout: "your messages are not read any more",
    optin: "they are read again",
    status: "how this chat is treated",
    rescan: "look at a link again",
    explain: "why a link is held to be what it is",
    mute: "no warnings for a while",
    unmute: "warnings again",
    allow: "never warn about it here",
    deny: "always warn about it here",
    overrides: "what is allowed and denied, or take one of it back",
    settings: "show or change the settings",
    consent: "agree that messages are read here, or take it back",
    consentstatus: "what was agreed",
    approve: "who asks to join, or let them in",
    schedule: "what is to be said here at a time, or called off",
    governance: "who gave which command lately",
    pair: "how a number is linked",
    "pair-status": "how the connection is",
    "pair-reset": "connect anew"
  },
  help: (lines) => `Write !wadjet and one of these:\n${lines.join("\n")}`,
  unknown: (found, nearest) =>
    `There is no command ${found}. Did you mean !wadjet ${nearest}? !wadjet help lists them all.`,
  unexpected: {
    link: (command, found) => `Expected a link after ${command}, found ${found}.`,
    "link-or-domain": (command, found) =>
      `Expected a link or a domain after ${command}, such as example[.]com, found ${found}.`,
    duration: (_, found) => `Expected a time from 1m to 366d, such as 30m, 2h or 1d, found ${found}.`,
    reason: () => "Expected a reason of 200 characters at most, found a longer one.",
    count: (command, found) => `Expected a number from 1 to 25 after ${command}, found ${found}.`,
    nothing: (command, found) => `Expected nothing more after ${command}, found ${found}.`,
    "yes-or-no": (command, found) => `Expected yes or no after ${command}, found ${found}.`,
    moment: (command, found) =>
      `Expected a time after ${command}, such as 23:59 or 2026-12-31 23:59, found ${found}.`,
    words: (command, found) =>
      `Expected what is to be said after the time of ${command}, and no command, found ${found}.`,
    code: (command, found) =>
      `Expected a code of ${command}, such as 3f2a, found ${found}. !wadjet ${command} lists them.`
  },
  unknownSetting: (found, nearest) =>
    `There is no setting ${found}. Did you mean ${nearest}? !wadjet settings lists them all.`,
  badSetting: (key, expected, found) => `Expected ${key} to be ${expected}, found ${found}.`,
  setIn: { "this-chat": "set here", "all-chats": "set for all chats" },
  settingSet: (key, value) => `${key} is ${value} from now on.`,
  notAllowed: {
    admin: "Only this group's admins can do that.",
    operator: "Only the operator can do that, in a chat with nobody else."
  },
  tooMany: (until) =>
    `Too many commands: yours are not answered here until ${until}. !wadjet optout is obeyed all the same.`,
  muted: (until) => `Muted until ${until}. What would have been said is counted.`,
  muteOver: "That mute would have ended before it reached me; nothing is muted.",
  unmuted: "Not muted any more.",
  notMuted: "This chat is not muted.",
  ruled: ({ effect, pattern, until }) =>
    `${effect === "allow" ? "Allowed" : "Denied"} in this chat: ${pattern}${until === undefined ? "" : `, until ${until}`}.`,
  override: ({ code, effect, everywhere, pattern, reason, until }) =>
    `${code} · ${effect === "allow" ? "✅ allow" : "⛔ deny"} ${pattern}${until === undefined ? "" : `, until ${until}`}${everywhere ? " (everywhere)" : ""}${reason === undefined ? "" : ` — ${reason}`}`,
  overrides: (lines, more) =>
    `${lines.join("\n")}${more === 0 ? "" : `\nand ${more} more`}\n!wadjet overrides remove CODE takes one back.`,
  noOverrides: "Nothing is allowed or denied in this chat.",
  overrideRemoved: ({ effect, pattern }) =>
    `No longer ${effect === "allow" ? "allowed" : "denied"} in this chat: ${pattern}.`,
  noSuchOverride: (code) =>
    `Nothing with the code ${code} is allowed or denied here. !wadjet overrides lists what is.`,
  status: ({ consent, enabled, mutedUntil, optedOut, overrides, simulate }) =>
    [
      enabled
        ? simulate
          ? "Links are judged, and nothing is said (simulation)."
          : "Links are watched."
        : "Switched off.",
      mutedUntil === undefined ? "Not muted." : `Muted until ${mutedUntil}.`,
      consent.given
        ? "Consent was given."
        : consent.required
          ? "Consent is waited for: nothing is read."
          : "Consent is not required.",
      `${times(overrides, "link or domain", "links or domains")} allowed or denied here.`,
      ...(optedOut === 0 ? [] : [`${times(optedOut, "member", "members")} opted out.`])
    ].join("\n"),
  scanned: {
    malicious: (host) => `⛔ ${host} is dangerous. Do not open it.`,
    suspicious: (host) => `⚠️ ${host} is suspicious. Be careful.`,
    benign: (host) => `✅ Nothing bad is known of ${host}. Stay alert all the same.`
  },
  notScanned: (host) => `${host} could not be looked at in time. That says nothing about it.`,
  explained: ({ host, level, missing, overridden, reasons, ruleSet, score }) =>
    [
      `${host}: ${level}, ${score} points by ${ruleSet}.`,
      ...(overridden ? ["An allow or a deny decides here, whatever was found."] : []),
      ...(reasons.length === 0 ? ["Nothing speaks against it."] : reasons.map((reason) => `• ${reason}`)),
      ...(missing === 0
        ? []
        : [`${times(missing, "source", "sources")} had no answer, which counts as nothing known.`])
    ].join("\n"),
  needsReply:
    "Reply with !wadjet report to the warning that you mean, or to the message it is about; or write the link behind it.",
  reported: "Thank you. The operator will look at it.",
  reportedBefore: "You have reported this one already.",
  consentNotice: ({ keptForDays, required }) =>
    [
      "Wadjet warns this group of dangerous links.",
      `It reads the messages here for the links in them, and keeps them, encrypted, ${keptForDays === 0 ? "until its operator deletes them" : `for ${times(keptForDays, "day", "days")}, and the rest of that month`}.`,
      required
        ? "Nothing is read before an admin agrees: !wadjet consent"
        : "An admin can end this: !wadjet consent no",
      "Whoever does not want to be read: !wadjet optout. All commands: !wadjet help"
    ].join("\n"),
  consentGiven:
    "Consent is given: messages in this chat are read for links from now on. !wadjet consent no takes it back.",
  consentWithdrawn: "Consent is withdrawn: nothing in this chat is read from now on, except commands.",
  consentStatus: ({ given, required, since }) =>
    `${given ? "Consent was given" : required ? "Consent is required and not given" : "Consent is not required"}${since === undefined ? "" : ` (${since})`}.`,
  optedOut:
    "From now on your messages in this chat are not read, except commands. !wadjet optin changes that.",
  optedIn: "Your messages in this chat are read for links again.",
  governance: (lines) => lines.join("\n"),
  deed: ({ at, command, role }) => `${at} ${role} ${command}`,
  noDeeds: "No command was given in this chat so far.",
  notAGroup: "Only a group has members who ask to join.",
  pending: (lines, more) =>
    `These ask to join:\n${lines.join("\n")}${more === 0 ? "" : `\nand ${more} more`}\n!wadjet approve NUMBER lets one in, !wadjet approve all lets all in.`,
  nonePending: "Nobody asks to join.",
  notPending: (found) =>
    `Expected the number of somebody who asks to join, found ${found}. !wadjet approve lists them.`,
  approving: (count) => `Letting ${times(count, "member", "members")} in.`,
  scheduled: ({ at, code, text }) =>
    `I will say it here on ${at}: ${text}\n!wadjet schedule cancel ${code} calls it off.`,
  scheduleLine: ({ at, code, text }) => `${code} · ${at} · ${text}`,
  schedules: (lines, more) =>
    `${lines.join("\n")}${more === 0 ? "" : `\nand ${more} more`}\n!wadjet schedule cancel CODE calls one off.`,
  nothingScheduled: "Nothing is to be said here. !wadjet schedule 23:59 TEXT has it said.",
  scheduleCancelled: ({ left, of, text }) =>
    `Called off: ${text}${of === 0 ? "" : `\n${left} of ${of} had already left.`}`,
  noSuchJob: (code) => `There is nothing with the code ${code} here. !wadjet schedule lists what there is.`,
  momentOver: "That time has passed, or there is no such day. Nothing is scheduled.",
  scheduleFull: "So much is scheduled here that nothing more is taken. Call something off first.",
  pair: "A number is linked on the page or by wadjet link on the server; its code is never sent to a chat.",
  pairStatus: (state) => `The connection is ${state}.`,
  pairReset: "Connecting anew.",
  cannotDelete:
    "Dangerous messages should be deleted here, but I am not an admin of this group: I can only warn. Make me one, or !wadjet settings delete-malicious off",
  unavailable: "That is not possible at the moment. Try again later."
}
