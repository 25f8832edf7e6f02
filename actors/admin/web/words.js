/** How things are put for people. Nothing here is ever a link that could be followed. */

/** A URL or host spelled so that nothing makes it clickable: `hxxps://paypa1[.]com`. */
export const defang = (url) =>
  url
    .replace(/^http/i, "hxxp")
    .replace(/\[([.:@])\]/g, "$1")
    .replaceAll(".", "[.]")

const hostOf = (url) => {
  try {
    return defang(new URL(url).hostname)
  } catch {
    return defang(url)
  }
}

const clock = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hour12: false
})
const hours = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hour12: false })

export const timeOfDay = (millis) => clock.format(millis)
export const hourAndMinute = (millis) => hours.format(millis)

const shorten = (text, most = 90) => {
  const line = text.replaceAll(/\s+/g, " ").trim()
  return line.length > most ? `${line.slice(0, most - 1)}…` : line
}

/** Texts of messages, with every link in them defanged. */
const said = (words) => {
  if (words === null) return "forgotten"
  if (words === undefined) return undefined
  const links = [...(words.links ?? [])].sort((a, b) => b.start - a.start)
  const text = links.reduce(
    (all, { end, start }) => all.slice(0, start) + defang(all.slice(start, end)) + all.slice(end),
    words.text
  )
  return `“${shorten(text)}”`
}

const count = (number, one, many = `${one}s`) => `${number} ${number === 1 ? one : many}`

const credentialWords = {
  "password-set": "a new password",
  "code-on": "codes are asked for",
  "code-off": "no codes are asked for"
}

const deletions = {
  queued: "the message is to be deleted",
  "not-an-admin": "it cannot be deleted: the account is no admin there",
  "no-message": "there is no message that could be deleted",
  "not-dangerous": "it stays: nothing in it is held to be dangerous any more"
}

const kinds = {
  "look-alike": "imitates",
  structure: "built like"
}

/** The weightiest reason of a scan, in words where the key may read them. */
const reason = ({ evidence, found }) => {
  const [top] = evidence
    .map((it, index) => ({ ...it, detail: found?.details?.[index] ?? undefined }))
    .filter((it) => it.weight > 0)
    .sort((a, b) => b.weight - a.weight)
  if (top === undefined) return "nothing speaks against it"
  return top.detail === undefined
    ? `${top.source}, ${top.kind}`
    : `${kinds[top.source] ?? top.kind} ${defang(top.detail)}`
}

const level = (text) => ({ level: text })

/** What is done at a place for backups beside shipping. */
const keepSteps = {
  join: "joining segments",
  point: "making a point",
  prune: "deleting older points",
  verify: "checking",
  scrub: "scrubbing"
}

/** The first line of what is said, where there are words and the key may read them. */
const saying = (body) =>
  body?.text === undefined || body.text === "" ? "" : `: ${shorten(body.text.split("\n")[0])}`

/**
 * One line about an event, in parts: texts, and levels that are set off.
 * @type {Record<string, (data: Record<string, any>) => ReadonlyArray<string | { level: string } | undefined>>}
 */
const summaries = {
  "message.received": ({ links, said: words, who }) => [
    [who?.name, said(words)].filter((it) => it !== undefined).join(": ") || "a message",
    links.length === 0 ? undefined : ` · ${count(links.length, "link")}`
  ],
  "message.edited": ({ links, said: words }) => [
    `now ${said(words) ?? "another text"} · ${count(links.length, "link")}`
  ],
  "message.revoked": () => ["deleted for everyone"],
  "message.reacted": ({ reaction, removed }) => [
    removed
      ? "a reaction was taken back"
      : `a reaction${reaction === undefined ? "" : `: ${shorten(reaction)}`}`
  ],
  "message.unreadable": ({ fields, reason: why }) => [
    `a message could not be read: ${why}${fields.length === 0 ? "" : ` (${fields.join(", ")})`}`
  ],
  "message.joined": ({ how, people, self }) => [
    `${count(people.length, "member")} ${how}${self ? ", the linked number among them" : ""}`
  ],
  "message.left": ({ how, people, self }) => [
    `${count(people.length, "member")} ${how}${self ? ", the linked number among them" : ""}`
  ],
  "message.admins-changed": ({ added, removed }) => [
    `${count(added.length, "new admin")}, ${removed.length} no more`
  ],
  "message.person-linked": ({ person, same }) => [`${same} turned out to be ${person}`],
  "message.chat-linked": ({ chat, same }) => [`${same} turned out to be ${chat}`],
  "message.unconsented": ({ reason: why }) => [`said, and not read: ${why}`],
  "message.renamed": ({ name }) => [
    name === undefined ? "a chat got a name" : `the chat is called ${name ?? "(forgotten)"}`
  ],
  "scan.completed": ({ found, score, level: held, ...rest }) => [
    level(held),
    `, ${score} dB: `,
    found?.url === undefined ? "" : `${hostOf(found.url)} · `,
    reason({ ...rest, found })
  ],
  "verdict.decided": ({ action, body, level: held }) => [
    level(held),
    action === "reply"
      ? ", and the chat is warned"
      : action === "short"
        ? ", and the chat is told in short"
        : action === "react"
          ? ", and a reaction is enough"
          : ": nothing needs saying",
    saying(body)
  ],
  "verdict.suppressed": ({ level: held, reason: why, would }) => [
    level(held),
    `, and stays unsaid: ${why}`,
    why === "simulated" && would !== undefined ? `, would be: ${would}` : ""
  ],
  "verdict.deferred": ({ level: held, until }) => [level(held), `, told at ${timeOfDay(until)}: quiet hours`],
  "verdict.summarised": ({ body, malicious, suspicious }) => [
    `a mute is over: it silenced ${malicious} malicious and ${suspicious} suspicious`,
    saying(body)
  ],
  "verdict.revised": ({ body, from, to }) => ["from ", level(from), " to ", level(to), saying(body)],
  "verdict.withdrawn": ({ reason: why }) => [`taken back: ${why}`],
  "outbox.queued": ({ body, kind, priority }) => [`${priority}, a ${kind}`, saying(body)],
  "outbox.claimed": ({ attempt, wire }) => [
    `about to leave as ${wire}${attempt > 1 ? `, attempt ${attempt}` : ""}`
  ],
  "outbox.sent": ({ wire }) => [`left as ${wire}`],
  "outbox.stepped": ({ wire, outcome, reason: why }) => [
    outcome === "taken"
      ? `${wire} taken; the next step follows`
      : `${wire} refused: ${why}; another way is tried`
  ],
  "outbox.unresolved": ({ since }) => [`unknown since ${timeOfDay(since)} whether it left; found out about`],
  "outbox.acknowledged": ({ messages }) => [messages.map(({ level: came }) => came).join(", ")],
  "outbox.failed": ({ reason: why }) => [`refused: ${why}`],
  "outbox.cancelled": ({ reason: why }) => [`will not be sent: ${why}`],
  "policy.muted": ({ until }) => [`quiet until ${timeOfDay(until)}`],
  "policy.unmuted": () => ["speaks again"],
  "policy.settings-changed": ({ chat, settings }) => [
    chat === undefined ? "all chats: " : "",
    Object.entries(settings)
      .map(([name, value]) => `${name} ${Array.isArray(value) ? value.join("+") || "none" : value}`)
      .join(", ") || "nothing of its own"
  ],
  "policy.override-set": ({ effect, match, words }) => [
    `${effect} ${match} ${words?.pattern === undefined ? "" : defang(words.pattern)}`
  ],
  "policy.overrides-rekeyed": ({ overrides }) => [
    `${overrides.length === 1 ? "1 override" : `${overrides.length} overrides`} made ready for an erasure`
  ],
  "policy.override-removed": () => ["an override was taken back"],
  "policy.override-expired": () => ["an override ran out"],
  "policy.command-answered": ({ command = "an unknown command", outcome, role }) => [
    `${role}: ${command}, ${outcome}`
  ],
  "policy.consent-required": ({ required }) => [
    required ? "chats are read with their consent only" : "consent is not required any more"
  ],
  "policy.consent-asked": () => ["the group is told what is read and kept"],
  "policy.consent-given": () => ["the chat consents to being read"],
  "policy.consent-withdrawn": () => ["the chat is not read any more"],
  "policy.opted-out": ({ person }) => [`${person} is not read any more`],
  "policy.opted-in": ({ person }) => [`${person} is read again`],
  "policy.words-expired": ({ before, keysDestroyed }) => [
    `what was said before ${before} is forgotten: ${count(keysDestroyed, "key")} destroyed`
  ],
  "policy.reported": ({ level: held }) => ["a member holds a warning to be wrong: ", level(held)],
  "policy.report-settled": ({ outcome }) => [`the warning was ${outcome}`],
  "verdict.deletion-decided": ({ outcome }) => [deletions[outcome] ?? outcome],
  "schedule.created": ({ words }) => [
    `a new job${words?.title === undefined ? "" : `: ${shorten(words.title)}`}`
  ],
  "schedule.changed": ({ words }) => [
    `a job is changed${words?.title === undefined ? "" : `: ${shorten(words.title)}`}`
  ],
  "schedule.paused": () => ["a job is paused"],
  "schedule.resumed": () => ["a job fires again"],
  "schedule.replanned": ({ next, was, zones }) => [
    `by the time zones of ${zones} a job is due ${next === was ? "at the same moment" : "at another moment"}`
  ],
  "schedule.cancelled": () => ["a job is called off"],
  "schedule.completed": () => ["a job is done"],
  "schedule.fired": ({ parts, recipients, why }) => [
    `a job fires${why === "due" ? "" : `, ${why}`}: ${count(parts * recipients.length, "message")}`
  ],
  "schedule.handed-over": ({ queued }) => [`${count(queued, "message")} of a job queued by now`],
  "schedule.skipped": ({ reason: why }) => [`an occurrence is left out: ${why}`],
  "schedule.missed": ({ count: missed }) => [`${count(missed, "occurrence")} missed, too late by now`],
  "schedule.occurrence-finished": ({ cancelled, failed, sent }) => [
    `an occurrence ended: ${sent} sent, ${failed} failed, ${cancelled} cancelled`
  ],
  "contact.saved": ({ card }) => [card === undefined ? "a contact" : (card?.name ?? "(forgotten)")],
  "contact.merged": () => ["a contact turned out to be another one"],
  "contact.removed": () => ["a contact is removed"],
  "contact.opted-out": ({ out }) => [out ? "a contact wants nothing scheduled" : "a contact wants it again"],
  "account.key-issued": ({ by, role }) => [`a new key: ${role}, by ${by}`],
  "account.key-revoked": ({ by }) => [`a key is no longer accepted, by ${by}`],
  "account.pass-issued": ({ by, purpose, role }) => [
    `a one-time link: ${purpose}${role === undefined ? "" : `, ${role}`}, by ${by}`
  ],
  "account.user-added": ({ role }) => [`somebody may sign in from now on: ${role}`],
  "account.user-changed": ({ by, closed, role }) => [
    `an account is ${closed ? "closed" : `one of role ${role}`}, by ${by}`
  ],
  "account.credentials-changed": ({ by, change }) => [`an account: ${credentialWords[change]}, by ${by}`],
  "account.signed-in": () => ["somebody signed in"],
  "account.signed-out": ({ by }) => [`a browser is signed out, by ${by}`],
  "account.user-locked": () => ["an account has to wait: too many wrong passwords"],
  "account.webhook-added": ({ by, host, words }) => [
    `${host} is told of events from now on${words ? ", with names and words" : ""}, by ${by}`
  ],
  "account.webhook-changed": ({ by, host }) => [`what ${host} is told is changed, by ${by}`],
  "account.webhook-switched": ({ by, host, on, reason: why }) => [
    on
      ? `${host} is told of events again, by ${by}`
      : `${host} is told of no events any more: ${why}, by ${by}`
  ],
  "account.webhook-replayed": ({ by, from }) => [`a webhook is told everything from ${from} on, by ${by}`],
  "account.webhook-secret-replaced": ({ by, host }) => [
    `${host} has another secret for signatures, by ${by}`
  ],
  "account.webhook-removed": ({ by }) => [`a webhook is removed, by ${by}`],
  "erasure.requested": ({ subject }) => [`${subject} is to be forgotten`],
  "erasure.completed": ({ keysDestroyed, subject }) => [
    `${subject} is forgotten: ${count(keysDestroyed, "key")} destroyed`
  ],
  "session.link-began": ({ method }) => [`a number is being linked by ${method}`],
  "session.link-ended": ({ outcome }) => [`no number was linked: ${outcome}`],
  "session.linked": () => ["a number is linked"],
  "session.opened": ({ attempts }) => [`the connection is open, after ${count(attempts, "attempt")}`],
  "session.degraded": ({ reason: what }) => [`the connection is open, but ${what}`],
  "session.recovered": ({ reason: what }) => [`no longer ${what}`],
  "session.call-rejected": ({ kind }) => [`a ${kind} call was rejected`],
  "session.closed": ({ cause, code }) => [`the connection is closed: ${cause} (${code})`],
  "session.logged-out": ({ by }) => [`the number is not linked any more, by ${by}`],
  "session.refused": ({ code, reason: why }) => [`WhatsApp refuses the connection: ${why} (${code})`],
  "scan.released": () => ["a link is no longer looked at again"],
  "feed.refreshed": ({ added, gone, listed, source }) => [
    `${source} lists ${listed}: ${added} new, ${gone} gone`
  ],
  "feed.matched": ({ matches, source }) => [
    `${source} says something new of ${count(matches.length, "link")}`
  ],
  "feed.failed": ({ reason: why, source }) => [`${source} could not be fetched: ${why}`],
  "feed.withdrawn": ({ source }) => [`${source} is no longer wanted`],
  "source.changed": ({ reason: why, source, state }) => [
    `${source} is ${state}${why === undefined ? "" : `: ${why}`}`
  ],
  "outbox.released": ({ by }) => ["may be sent although it may have left before the restore", `by ${by}`],
  "schedule.quarantine-decided": ({ by, decision }) => [
    decision === "release" ? "goes on after the restore" : "what came due before the restore is left out",
    `by ${by}`
  ],
  "account.asked": ({ by, subject, what }) => [
    `${what}${subject === undefined ? "" : ` of ${subject}`}, asked by ${by}`
  ],
  "projection.checked": ({ drifted, upTo }) =>
    drifted.length === 0
      ? [`the read models are what the log makes of them, up to ${upTo}`]
      : [`read models differ from the log: ${drifted.map(({ key, table }) => `${table} ${key}`).join(", ")}`],
  "projection.replaced": ({ by, how, upTo }) => [
    how === "rebuilt"
      ? `the read models were folded anew up to ${upTo}, by ${by}`
      : `the read models of before answer again, by ${by}`
  ],
  "backup.restored": ({ place, upTo }) => [
    `restored from ${place} up to ${upTo}; what may have left before waits for a decision`
  ],
  "backup.quarantine-ended": ({ by }) => [`what the restore left open is decided, by ${by}`],
  "backup.shipped": ({ place, upTo }) => [`the log is stored at ${place} up to ${upTo}`],
  "backup.place-changed": ({ place, reason: why, state }) => [
    `${place}, a place for backups, is ${state}${why === undefined ? "" : `: ${why}`}`
  ],
  "backup.point-made": ({ place, sequence }) => [`the read models are stored at ${place}, as of ${sequence}`],
  "backup.pruned": ({ dropped, kept, place }) => [
    `${dropped.length} older points were deleted at ${place}, ${kept} are kept`
  ],
  "backup.verified": ({ opened, place, problems, upTo }) => [
    problems.length > 0
      ? `${place} is not good: ${problems.join("; ")}`
      : `${place} is good up to ${upTo}, ${opened ? "restored to see" : "as far as can be told without its identity"}`
  ],
  "backup.keeping-changed": ({ place, reason: why, state, step }) => [
    state === "failing"
      ? `${keepSteps[step] ?? step} does not succeed at ${place}${why === undefined ? "" : `: ${why}`}`
      : `${keepSteps[step] ?? step} succeeds at ${place} again`
  ],
  "backup.unverified": ({ place }) => [`${place} was not found to be good for more than a day`],
  "backup.scrubbed": ({ log, mended, place, problems }) => [
    log.length + problems.length === 0
      ? `the log and ${place} are what they should be`
      : `${[...log, ...problems].join("; ")}${mended > 0 ? `; ${mended} stored again` : ""}`
  ],
  "actor.parked": ({ actor, reason: why, sequence }) => [`${actor} set ${sequence} aside: ${why}`],
  "actor.unparked": ({ actor, decision, sequence }) => [`${decision} of ${sequence} for ${actor}`]
}

/** One line about an event, as texts and `{ level }` parts. */
export const summaryOf = (event) => {
  if (event.type === "unreadable") return [event.reason]
  const parts = summaries[event.type]?.(event.data) ?? []
  return parts.filter((part) => part !== undefined && part !== "")
}
