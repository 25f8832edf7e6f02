/** Folding commands, and who may give them. */
import type { RecordedOf } from "../../../contracts/catalogue.ts"
import { CommandAnswered, type CommandName } from "../../../contracts/chat-command.ts"
import type { Recorded } from "../../../contracts/event.ts"
import type { ChatId, PersonId } from "../../../contracts/ids.ts"
import { AdminsChanged, ChatLeft, PersonLinked } from "../../../contracts/membership.ts"
import { ReportSettled, VerdictReported } from "../../../contracts/report.ts"
import { isValidFor } from "../../../contracts/scan.ts"
import { keyOf } from "../../../infra/actor/collection.ts"
import type { State, StateReader } from "../../../infra/actor/state.ts"
import { standing } from "../chats.ts"
import { scanOf } from "../scans.ts"
import {
  admins,
  awaitingScan,
  commandKey,
  commandWork,
  deeds,
  given,
  type Given,
  overridesOfChat,
  reports,
  sameAs,
  waitingReports
} from "./model.ts"
import { governanceCountMax } from "./parse.ts"
import { denied } from "./ruling.ts"

export const commandEvents = [
  AdminsChanged,
  ChatLeft,
  PersonLinked,
  CommandAnswered,
  VerdictReported,
  ReportSettled
] as const
export type CommandEvent = Recorded<(typeof commandEvents)[number]>

/** Behind everything that warns. */
export const commandPriority = 3

/** How long a command waits for the scan of the link that it names: far above what local evidence takes. */
export const scanWaitMillis = 5_000

/** What is answered by asking somebody else, who may be slow, waits in a lane of its own and holds up no warning. */
const asksOthers: ReadonlySet<string> = new Set<CommandName>([
  "approve",
  "schedule",
  "pair-status",
  "pair-reset"
])

/** The person who stands for one. */
export const personOf = (state: StateReader, person: PersonId): PersonId => {
  const other = state.get(sameAs, person)
  return other === undefined ? person : personOf(state, other)
}

const open = (state: State, it: Given, due: number, event: { id: string; correlation: string | undefined }) =>
  state.open({
    key: commandKey(it),
    kind: commandWork,
    priority: commandPriority,
    // What a command changes is changed in the lane in which it is obeyed.
    lane: it.asks ? keyOf(it.chat, commandWork) : standing(state, it.chat),
    due,
    cause: event.id,
    correlation: event.correlation ?? event.id
  })

/** Commands that say what is to be held of a link: they wait for no scan of it. */
const ruling: ReadonlySet<string> = new Set<CommandName>(["allow", "deny"])

/** Opens the work of answering a command. What was said before the number was linked is nobody's command. */
export const commandPosted = (state: State, event: RecordedOf<"message.received">): void => {
  const { answers, arrival, chat, command, gateway, links, message, own, sender, sentAt } = event.data
  if (command === undefined || arrival === "imported") return
  const isRuling = ruling.has(command)
  const link = isRuling ? undefined : links[0]?.link
  const it: Given = {
    chat,
    message,
    sender,
    gateway,
    sequence: event.sequence,
    at: arrival === "live" ? event.time : Math.min(sentAt, event.time),
    asks: asksOthers.has(command),
    ...(own === true ? { own } : {}),
    ...(answers === undefined ? {} : { answers }),
    ...(link === undefined ? {} : { link }),
    ...(isRuling && (own === true || administers(state, chat, sender) !== undefined)
      ? { rules: true as const }
      : {})
  }
  state.put(given, keyOf(chat, message), it)
  const scan = link === undefined ? undefined : scanOf(state, link)
  // The scanner looks at a link anew for a rescan, whatever is known of it.
  const isKnown = command !== "rescan" && scan !== undefined && isValidFor(scan, event)
  const waits = link !== undefined && !isKnown
  if (waits) state.put(awaitingScan, keyOf(link, chat, message), true)
  open(state, it, waits ? event.time + scanWaitMillis : 0, event)
}

/** Commands that waited for a link go on. */
export const commandsScanned = (state: State, event: RecordedOf<"scan.completed">): void => {
  for (const [key] of state.walk(awaitingScan, `${event.data.link}/`)) {
    const [, chat, message] = key.split("/")
    const it = state.get(given, keyOf(chat!, message!))
    state.drop(awaitingScan, key)
    if (it !== undefined) open(state, it, 0, event)
  }
}

/** Overrides of one chat, to be listed there without looking through all of them. */
export const commandsOverride = (
  state: State,
  event: RecordedOf<"policy.override-set" | "policy.override-removed" | "policy.override-expired">
): void => {
  const { chat, override } = event.data
  if (chat === undefined) return
  const key = keyOf(chat, override)
  if (event.type === "policy.override-set") state.put(overridesOfChat, key, true)
  else state.drop(overridesOfChat, key)
}

const setAdmins = (
  state: State,
  chat: ChatId,
  change: (all: ReadonlyArray<PersonId>) => ReadonlyArray<PersonId>
) => state.put(admins, chat, change(state.get(admins, chat) ?? []))

const answered = (state: State, { data, time }: RecordedOf<"policy.command-answered">) => {
  const { chat, command, message, outcome, role } = data
  const key = keyOf(chat, message)
  const it = state.get(given, key)
  state.close(commandKey(data))
  state.drop(given, key)
  if (it?.link !== undefined) state.drop(awaitingScan, keyOf(it.link, chat, message))
  if (it !== undefined && outcome === "done" && command === "deny") denied(state, it)
  if (command === undefined || outcome !== "done" || role === "member") return
  const before = state.get(deeds, chat) ?? []
  state.put(deeds, chat, [{ at: time, role, command }, ...before].slice(0, governanceCountMax))
}

const settled = (state: State, { data }: RecordedOf<"policy.report-settled">) =>
  state.drop(waitingReports, keyOf(data.chat, data.report))

export const foldCommand = (state: State, event: CommandEvent): void => {
  switch (event.type) {
    case "message.admins-changed": {
      const { added, chat, removed } = event.data
      return setAdmins(state, chat, (all) => [
        ...all.filter((one) => !removed.includes(one) && !added.includes(one)),
        ...added
      ])
    }
    case "message.left": {
      const { chat, people } = event.data
      if (state.get(admins, chat) === undefined) return
      return setAdmins(state, chat, (all) => all.filter((one) => !people.includes(one)))
    }
    case "message.person-linked":
      if (event.data.same !== event.data.person) state.put(sameAs, event.data.same, event.data.person)
      return
    case "policy.command-answered":
      return answered(state, event)
    case "policy.report-settled":
      return settled(state, event)
    case "policy.reported": {
      const { chat, link, message, report, reporter } = event.data
      state.put(waitingReports, keyOf(chat, report), { message, link })
      return state.put(reports, keyOf(chat, reporter, message, link), event.time)
    }
  }
}

/** Whether somebody administers a chat; `undefined` where nobody is known to. */
export const administers = (state: StateReader, chat: ChatId, person: PersonId): boolean | undefined =>
  state.get(admins, chat)?.some((one) => one === person || personOf(state, one) === personOf(state, person))
