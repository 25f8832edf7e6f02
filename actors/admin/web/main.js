/** The page: takes the key, and keeps chat, feed and counters up to date by following the log. */
import { dropKey, keepKey, Problem, takeKey } from "./api.js"
import { refreshChat, startChat } from "./chat.js"
import { byId, sayProblem } from "./dom.js"
import { clearFeed, feedEvent, startFeed } from "./feed.js"
import { refreshOverview } from "./overview.js"
import { follow } from "./stream.js"

/** How much of the past the feed begins with. */
const pastEvents = 150
/** Events come in bursts of a few; the chat and the counters are read once for each burst. */
const burstMillis = 60
/** Contexts that change what the chat looks like. */
const chatContexts = new Set(["message", "verdict", "outbox", "erasure"])

const sayConnection = (state, text) => {
  const place = byId("connection")
  place.dataset.state = state
  place.textContent = text
}

const askForKey = (problem) => {
  dropKey()
  byId("page").hidden = true
  byId("login").hidden = false
  sayConnection("off", "not connected")
  sayProblem(byId("login-problem"), problem)
  byId("key").focus()
}

/** Runs for the newest of what was asked for, one at a time, so that no older answer overtakes a newer one. */
const inBursts = (run) => {
  let wanted
  let timer
  let running = false
  const go = async () => {
    timer = undefined
    running = true
    const argument = wanted
    await run(argument).catch(() => {})
    running = false
    if (wanted !== argument) plan()
  }
  const plan = () => {
    if (!running) timer ??= setTimeout(go, burstMillis)
  }
  return (argument) => {
    wanted = argument
    plan()
  }
}

const chatSoon = inBursts(refreshChat)
const overviewSoon = inBursts(refreshOverview)

const isRefused = (error) => error instanceof Problem && (error.status === 401 || error.status === 403)

let stopFollowing = () => {}

const followLog = (from) => {
  stopFollowing = follow(from, {
    onState: sayConnection,
    onEvent: (event) => {
      feedEvent(event)
      overviewSoon(event.sequence)
      if (chatContexts.has(event.context)) chatSoon(event.sequence)
    },
    onProblem: (problem) => {
      if (isRefused(problem)) askForKey(problem.message)
      else if (problem.status === 409) void begin()
      else return true
      return false
    }
  })
}

const begin = async () => {
  stopFollowing()
  sayConnection("trying", "connecting")
  try {
    const [overview] = await Promise.all([refreshOverview(), refreshChat()])
    byId("login").hidden = true
    byId("page").hidden = false
    byId("timeline").scrollTop = byId("timeline").scrollHeight
    clearFeed()
    followLog(Math.max(0, overview.sequence - pastEvents))
  } catch (error) {
    if (isRefused(error)) return askForKey(error.message)
    sayConnection("off", error.message)
    setTimeout(() => void begin(), 2_000)
  }
}

startChat()
startFeed()

byId("login-form").addEventListener("submit", (event) => {
  event.preventDefault()
  keepKey(byId("key").value.trim())
  byId("key").value = ""
  void begin()
})

/** A link opened in a tab that has the page already changes only what is behind the `#`. */
addEventListener("hashchange", () => {
  if (location.hash.startsWith("#key=")) void begin()
})

if (takeKey() === undefined) askForKey(undefined)
else void begin()
