/**
 * Whoever gives many commands in a short time is told so once, and then not answered for a while: every answer is a
 * message that the whole group reads. What only they may decide about themselves is done all the same, without a word.
 */
import type { RecordedOf } from "../../../contracts/catalogue.ts"
import { type CommandName, type CommandRole, everybodysCommands } from "../../../contracts/chat-command.ts"
import type { ChatId, PersonId } from "../../../contracts/ids.ts"
import { collection, keyOf } from "../../../infra/actor/collection.ts"
import type { State, StateReader } from "../../../infra/actor/state.ts"
import { standing } from "../chats.ts"
import { personOf } from "./fold.ts"

const minuteMillis = 60_000

/** As many commands of one person are answered in a chat within a minute. The operator's own are all answered. */
export const commandsPerMinuteMax: Readonly<Record<CommandRole, number>> = {
  member: 5,
  admin: 30,
  operator: Infinity
}

/** For how long whoever gave more is not answered. */
export const floodSilenceMillis = 10 * minuteMillis

/** What is remembered of whoever gives commands in a chat. Times are milliseconds since the epoch. */
interface Pace {
  /** When their last commands were answered, the newest first. */
  readonly at: ReadonlyArray<number>
  /** Until when they are not answered. */
  readonly silentUntil?: number
}

/** By chat and person. */
const paces = collection<Pace>("command-pace")

const remembered = Math.max(...Object.values(commandsPerMinuteMax).filter(Number.isFinite))

const placeOf = (state: StateReader, chat: ChatId, person: PersonId): string =>
  keyOf(standing(state, chat), personOf(state, person))

export const foldPace = (state: State, { data, time }: RecordedOf<"policy.command-answered">): void => {
  if (data.role === "operator") return
  const key = placeOf(state, data.chat, data.sender)
  const before = state.get(paces, key)
  const silentUntil = data.until ?? before?.silentUntil
  const recent = [time, ...(before?.at ?? [])].filter((at) => at > time - minuteMillis)
  state.put(paces, key, {
    at: recent.slice(0, remembered),
    ...(silentUntil === undefined || silentUntil <= time ? {} : { silentUntil })
  })
}

/** `silent`: they were told. `until`: they are to be told now, and not answered before then. */
export type Flood = { readonly is: "silent" } | { readonly is: "new"; readonly until: number }

/** Whether somebody gives more commands than are answered. */
export const floodBy = (
  state: StateReader,
  { chat, sender }: { readonly chat: ChatId; readonly sender: PersonId },
  role: CommandRole,
  now: number
): Flood | undefined => {
  if (role === "operator") return undefined
  const pace = state.get(paces, placeOf(state, chat, sender))
  if (pace === undefined) return undefined
  if ((pace.silentUntil ?? 0) > now) return { is: "silent" }
  const recent = pace.at.filter((at) => at > now - minuteMillis).length
  return recent < commandsPerMinuteMax[role] ? undefined : { is: "new", until: now + floodSilenceMillis }
}

/** Whether a command is obeyed of whoever gives too many. */
export const isObeyedSilently = (command: CommandName): boolean => everybodysCommands.has(command)
