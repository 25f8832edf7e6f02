/** Answers to what is asked about links: what is known of one, why, and that a warning about it is wrong. */
import { Effect } from "effect"
import { defang } from "../../../contracts/link/defang.ts"
import { VerdictReported, reportsAnsweredPerHour } from "../../../contracts/report.ts"
import type { Found } from "../../../contracts/scan.ts"
import type { LinkId } from "../../../contracts/ids.ts"
import { policyOf } from "../chats.ts"
import { languageWords } from "../languages/all.ts"
import { plainReason } from "../reasons.ts"
import { scanOf } from "../scans.ts"
import type { Sighting } from "../model.ts"
import { sightingOf, sightingOnceToldBy, sightingsOn } from "../sightings.ts"
import { judgementOf } from "../state.ts"
import { type Answer, type Asked, done, refused } from "./asked.ts"
import { personOf } from "./fold.ts"
import { reports } from "./model.ts"

/** The link that a command names: the first of its message. */
const linkIn = ({ event, said }: Asked): { readonly link: LinkId; readonly host: string } | undefined => {
  const link = event.data.links[0]?.link
  const url = said.links.find((it) => it.link === link)?.url
  if (link === undefined || url === undefined) return undefined
  return { link, host: defang(URL.parse(url)?.hostname ?? url) }
}

const needsLink = (command: string, { words }: Asked): Answer => ({
  outcome: "not-understood",
  text: words.unexpected.link(command, "…")
})

/**
 * What is known of the link at this moment. A warning is an answer, and is not said twice; where none comes because
 * the chat is quiet, whoever asked is told all the same.
 */
export const scan = (command: "scan" | "rescan", asked: Asked): Answer => {
  const about = linkIn(asked)
  if (about === undefined) return needsLink(command, asked)
  const { given, self, words } = asked
  const { chat, message } = given
  const sighting = sightingOf(self.state, { chat, message, link: about.link })?.value
  const judgement = sighting && judgementOf(self.state, sighting)
  if (sighting === undefined || judgement === undefined) return refused(words.notScanned(about.host))
  // What is told of a link is told before its commands are answered: both are done in one lane.
  const { told } = sighting
  const isWarned = told?.notice !== undefined && told.by === "text"
  return isWarned ? { outcome: "done" } : done(words.scanned[judgement.level](about.host))
}

const reasonsMax = 8

export const explain = Effect.fnUntraced(function* (asked: Asked) {
  const about = linkIn(asked)
  if (about === undefined) return needsLink("explain", asked)
  const { given, keyring, self, words } = asked
  const kept = scanOf(self.state, about.link)
  const event = kept === undefined ? undefined : yield* self.event(kept.sequence)
  if (event?.type !== "scan.completed") return refused(words.notScanned(about.host))
  const { evidence, level, missing, ruleSet, score } = event.data
  const found = keyring.open<Found>(event.data.found)
  const reasons = evidence
    .map((item, index) => ({ ...item, detail: found?.details[index] ?? null }))
    .filter(({ weight }) => weight > 0)
    .map((item) => plainReason(item, languageWords[policyOf(self.state, given.chat).settings.language]))
    .filter((it) => it !== undefined)
    .slice(0, reasonsMax)
  const { chat, message } = given
  const sighting = sightingOf(self.state, { chat, message, link: about.link })?.value
  const judgement = sighting && judgementOf(self.state, sighting)
  return done(
    words.explained({
      host: about.host,
      level: judgement?.level ?? level,
      ruleSet,
      score,
      reasons,
      missing: missing.length,
      overridden: judgement?.basis.override !== undefined
    })
  )
})

const hourMillis = 3_600_000

/** The links that a report names: its own, else those of the message that it replies to. */
const linksMeant = ({ event, said }: Asked): ReadonlyArray<LinkId> => {
  const { links } = event.data
  return (links.length > 0 ? links : (said.quoted?.links ?? [])).map(({ link }) => link)
}

/** What the report is about: what it replies to, else the first warning that stands about a link that it names. */
const warnedOf = (asked: Asked): Sighting | undefined => {
  const { given, self } = asked
  const answered =
    given.answers === undefined ? undefined : sightingOnceToldBy(self.state, given.answers)?.value
  if (answered !== undefined) return answered
  // A reaction is no message that could be replied to.
  return linksMeant(asked)
    .flatMap((link) => sightingsOn(self.state, link).filter(({ value }) => value.link === link))
    .map(({ value }) => value)
    .filter(({ chat, gone, message, told }) => {
      const isHere = chat === given.chat && message !== given.message && gone === undefined
      return isHere && told?.notice !== undefined && told.level !== "benign"
    })
    .toSorted((a, b) => a.sequence - b.sequence)[0]
}

/** Every report is kept. Whoever makes many is not thanked for each, so that nobody makes the chat noisy by it. */
export const report = (asked: Asked): Answer => {
  const { given, now, self, words } = asked
  const sighting = warnedOf(asked)
  if (sighting?.told === undefined) return refused(words.needsReply)
  const reporter = personOf(self.state, given.sender)
  const mine = self.state.walk(reports, `${given.chat}/${reporter}/`)
  const isKnown = mine.some(([key]) => key.endsWith(`/${sighting.message}/${sighting.link}`))
  if (isKnown) return done(words.reportedBefore)
  const recent = mine.filter(([, at]) => at > now - hourMillis).length
  const isMuch = recent >= reportsAnsweredPerHour
  const fact = VerdictReported({
    chat: given.chat,
    report: given.message,
    reporter,
    message: sighting.message,
    sender: sighting.sender,
    link: sighting.link,
    level: sighting.told.level,
    ...(isMuch ? { unanswered: true } : {})
  })
  return isMuch ? { outcome: "done", facts: [fact] } : done(words.reported, fact)
}
