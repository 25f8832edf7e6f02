/** The page: lets somebody in, and keeps chat, feed and counters up to date by following the log. */
import { refreshAccount, startAccount } from "./account.js"
import { refreshAudit, startAudit } from "./audit.js"
import { dropKey, keepKey, Problem, takeKey } from "./api.js"
import { refreshChat, startChat } from "./chat.js"
import { refreshChatRules, startChatRules } from "./chat-rules.js"
import { startConsole } from "./console.js"
import { byId, sayProblem } from "./dom.js"
import { askToSignIn, hideEntrance, recallSignIn, showPass, startEntrance } from "./entrance.js"
import { clearFeed, feedEvent, startFeed } from "./feed.js"
import { refreshContacts, startContacts } from "./contact-list.js"
import { refreshJobs, startJobs } from "./job-list.js"
import { refreshBackups } from "./backups.js"
import { refreshLinks, startLinks } from "./link-list.js"
import { refreshOverrides, startOverrides } from "./override-list.js"
import { refreshOverview } from "./overview.js"
import { hideQuarantine, isQuarantined, refreshQuarantine, startQuarantine } from "./quarantine.js"
import { refreshReports } from "./reports.js"
import { refreshStatistics, startSearch } from "./search.js"
import { refreshSession, startSession } from "./session.js"
import { follow } from "./stream.js"
import { showViews, startViews } from "./views.js"
import { refreshWebhooks, startWebhooks } from "./webhooks.js"

/** How much of the past the feed begins with. */
const pastEvents = 150
/** Events come in bursts of a few; the chat and the counters are read once for each burst. */
const burstMillis = 60
/** How long it is waited before something that got no answer is asked again. */
const againMillis = 2_000
/** Contexts that change what is shown of jobs. */
const jobContexts = new Set(["schedule", "outbox"])
/** Contexts that change what is held after a restore. */
const heldContexts = new Set(["schedule", "outbox", "backup"])
/** Contexts that change what the chat looks like. */
const chatContexts = new Set(["message", "verdict", "outbox", "erasure"])

const sayConnection = (state, text) => {
  const place = byId("connection")
  place.dataset.state = state
  place.textContent = text
}

const askForKey = (problem) => {
  dropKey()
  showViews(false)
  hideQuarantine()
  sayConnection("off", "not connected")
  askToSignIn(problem)
}

const isRefused = (error) => error instanceof Problem && (error.status === 401 || error.status === 403)

/**
 * Runs for the newest of what was asked for, one at a time, so that no older answer overtakes a newer one. What got
 * no answer is asked again; who may not ask is told so by the stream.
 */
const inBursts = (run) => {
  let wanted
  let timer
  let running = false
  const go = async () => {
    timer = undefined
    running = true
    const argument = wanted
    const problem = await run(argument).then(
      () => undefined,
      (error) => error
    )
    running = false
    if (wanted !== argument) plan(burstMillis)
    else if (problem !== undefined && !isRefused(problem)) plan(againMillis)
  }
  const plan = (millis) => {
    if (!running && wanted !== undefined) timer ??= setTimeout(go, millis)
  }
  return {
    soon: (argument) => {
      wanted = argument
      plan(burstMillis)
    },
    /** Asks for nothing more: the log is another one, or the key is. */
    forget: () => {
      wanted = undefined
      clearTimeout(timer)
      timer = undefined
    }
  }
}

const chat = inBursts(refreshChat)
const overview = inBursts(refreshOverview)
const session = inBursts(refreshSession)
const reports = inBursts(refreshReports)
const chatRules = inBursts(refreshChatRules)
const overrides = inBursts(refreshOverrides)
const backups = inBursts(refreshBackups)
const jobs = inBursts(refreshJobs)
const contacts = inBursts(refreshContacts)
const webhooks = inBursts(refreshWebhooks)
const quarantine = inBursts(refreshQuarantine)

let stopFollowing = () => {}

const followLog = (from) => {
  stopFollowing = follow(from, {
    onState: sayConnection,
    onEvent: (event) => {
      feedEvent(event)
      overview.soon(event.sequence)
      if (chatContexts.has(event.context)) chat.soon(event.sequence)
      if (event.context === "session") session.soon(event.sequence)
      if (event.context === "backup") backups.soon(event.sequence)
      if (jobContexts.has(event.context)) jobs.soon(event.sequence)
      if (isQuarantined() && heldContexts.has(event.context)) quarantine.soon(event.sequence)
      if (event.context === "account") webhooks.soon(event.sequence)
      if (event.context === "contact") contacts.soon(event.sequence)
      if (event.context !== "policy") return
      reports.soon(event.sequence)
      chatRules.soon(event.sequence)
      overrides.soon(event.sequence)
    },
    onProblem: (problem) => {
      if (isRefused(problem)) askForKey(problem.message)
      else if (problem.status === 409) void begin()
      else return true
      return false
    }
  })
}

/** Only the newest beginning goes on: of two at once, each would follow the log. */
let beginnings = 0
let beginningAgain

const begin = async () => {
  beginnings += 1
  const mine = beginnings
  clearTimeout(beginningAgain)
  stopFollowing()
  chat.forget()
  overview.forget()
  session.forget()
  reports.forget()
  chatRules.forget()
  overrides.forget()
  backups.forget()
  jobs.forget()
  contacts.forget()
  webhooks.forget()
  quarantine.forget()
  sayConnection("trying", "connecting")
  try {
    const [{ sequence }] = await Promise.all([refreshOverview(), refreshChat()])
    if (mine !== beginnings) return
    hideEntrance()
    showViews(true)
    byId("timeline").scrollTop = byId("timeline").scrollHeight
    clearFeed()
    session.soon(sequence)
    reports.soon(sequence)
    chatRules.soon(sequence)
    overrides.soon(sequence)
    backups.soon(sequence)
    quarantine.soon(sequence)
    followLog(Math.max(0, sequence - pastEvents))
  } catch (error) {
    if (mine !== beginnings) return
    if (isRefused(error)) return askForKey(error.message)
    sayConnection("off", error.message)
    beginningAgain = setTimeout(() => void begin(), againMillis)
  }
}

/** Whatever fails while it is looked at is tried again by the next event; a key that may not is asked for. */
const sayFailure = (error) => {
  if (isRefused(error)) askForKey(error.message)
  else sayConnection("off", error.message)
}

startChat()
startFeed()
startSession()
startChatRules(sayFailure)
startLinks()
startOverrides()
startJobs()
startContacts()
startQuarantine()
startViews({
  chats: () => refreshChatRules().catch(sayFailure),
  links: () => refreshLinks().catch(sayFailure),
  overrides: () => refreshOverrides().catch(sayFailure),
  backups: () => refreshBackups().catch(sayFailure),
  schedule: () => refreshJobs().catch(sayFailure),
  contacts: () => refreshContacts().catch(sayFailure),
  search: () => refreshStatistics().catch(sayFailure),
  webhooks: () => refreshWebhooks().catch(sayFailure),
  audit: () => refreshAudit().catch(sayFailure),
  account: () => refreshAccount().catch(sayFailure)
})

startSearch()
startConsole()
startWebhooks()
startAudit()
startAccount(() => {
  stopFollowing()
  askForKey(undefined)
})
startEntrance({
  onLetIn: () => void begin(),
  onKey: (key) => {
    keepKey(key)
    void begin()
  }
})

/** A link may bring a key, or let somebody in once; else a browser may still be signed in. */
const open = async () => {
  if (await showPass()) return showViews(false)
  if (takeKey() !== undefined || (await recallSignIn())) return begin()
  return askForKey(undefined)
}

/** A link opened in a tab that has the page already changes only what is behind the `#`. */
addEventListener("hashchange", () => {
  if (/^#(key|pass)=/.test(location.hash)) void open()
})

void open()
