/** The end of a mute: what it silenced is counted, and the chat is told of it where it may be spoken to. */
import { Clock, Effect } from "effect"
import type { RecordedOf } from "../../contracts/catalogue.ts"
import type { Fact } from "../../contracts/event.ts"
import { type ChatId, type LinkId, type MessageKey, outboxId } from "../../contracts/ids.ts"
import type { Level } from "../../contracts/level.ts"
import type { Said } from "../../contracts/message.ts"
import { VerdictSummarised } from "../../contracts/verdict.ts"
import type { Self } from "../../infra/actor/process-manager.ts"
import type { State, StateReader, Work } from "../../infra/actor/state.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import { policyOf } from "./chats.ts"
import { unreadReason } from "./consent.ts"
import { silence } from "./decide.ts"
import { keptBack, type Sighting, silenced } from "./model.ts"
import { quietUntil } from "./quiet-hours.ts"
import { summaryKey } from "./open-summary.ts"
import { sightingsIn } from "./sightings.ts"
import { summaryHostsMax, summaryText } from "./words.ts"

export const summarised = (state: State, { data: { chat } }: RecordedOf<"verdict.summarised">): void => {
  for (const [key] of state.walk(silenced, `${chat}/`)) state.drop(silenced, key)
  state.close(summaryKey(chat))
}

/** A link that was silenced, and as what. */
interface Silenced {
  readonly sighting: Sighting
  readonly level: Level | undefined
}

/** What was silenced and still stands in the chat, of whoever may be spoken of there. */
const standingIn = (state: StateReader, chat: ChatId): ReadonlyArray<Silenced> =>
  state.walk(silenced, `${chat}/`).flatMap(([key]) => {
    const [, message, link] = key.split("/") as [string, MessageKey, LinkId]
    return sightingsIn(state, { message })
      .map(({ value }) => value)
      .filter((it) => it.link === link && it.gone === undefined && unreadReason(state, it) === undefined)
      .map((it) => ({
        sighting: it,
        level: it.told?.notice === undefined ? it.told?.level : state.get(keptBack, key)
      }))
      .filter(({ level }) => level !== undefined)
  })

/** The URLs of the first few dangerous ones, as far as anybody may know them. */
const urlsOf = Effect.fnUntraced(function* <P>(self: Self<P>, dangerous: ReadonlyArray<Silenced>) {
  const keyring = yield* Keyring
  const found: Array<string> = []
  for (const { sighting } of dangerous.slice(0, summaryHostsMax)) {
    const { link, words } = sighting
    const event = yield* self.event(words)
    if (event?.type !== "message.received" && event?.type !== "message.edited") continue
    const said = keyring.open<Said>(event.data.said)
    found.push(...(said?.links ?? []).flatMap((it) => (it.link === link ? [it.url] : [])))
  }
  return found
})

/** Tells the chat. Decided at that moment, as all that is held back is: an entry with a later one would outlive a mute. */
export const summarise = Effect.fnUntraced(function* (
  work: Work,
  self: Self<Fact<typeof VerdictSummarised>>
) {
  const chat = work.lane as ChatId
  const now = yield* Clock.currentTimeMillis
  const { mutedUntil, settings, sequence } = policyOf(self.state, chat)
  if (mutedUntil > now) return { later: mutedUntil }
  const all = standingIn(self.state, chat)
  const dangerous = all.filter(({ level }) => level === "malicious")
  const counts = {
    malicious: dangerous.length,
    suspicious: all.filter(({ level }) => level === "suspicious").length
  }
  const gateway = all.at(-1)?.sighting.gateway
  const isTold =
    gateway !== undefined &&
    counts.malicious + counts.suspicious > 0 &&
    silence(gateway, "malicious", { mutedUntil, settings, sequence }, now) === undefined
  if (!isTold) {
    yield* self.append(work, work.key, [VerdictSummarised({ chat, ...counts })])
    return undefined
  }
  const until = counts.malicious > 0 ? undefined : quietUntil(settings, now)
  if (until !== undefined) return { later: until }
  const notice = {
    outbox: outboxId(`${work.cause}/summary`, chat, 0),
    gateway,
    kind: "text",
    priority: "notice",
    standalone: true
  } as const
  const text = summaryText(settings.language, counts, yield* urlsOf(self, dangerous))
  yield* self.append(work, work.key, [VerdictSummarised({ chat, ...counts, notice, body: { text } })])
  return undefined
})
