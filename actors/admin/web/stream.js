/**
 * The log as it grows, over `fetch` so that the key travels in a header. After a break it goes on exactly
 * behind the last event it has, by `Last-Event-ID`.
 */
import { headersWithKey, Problem } from "./api.js"

const retryFirstMillis = 500
const retryLongestMillis = 10_000
/** The server says something every 15 seconds; a connection that is silent for this long is dead. */
const silentMillis = 40_000

/** Reads frames off text that arrives in pieces of any size. */
export const makeFrames = (onFrame) => {
  let rest = ""
  return (text) => {
    rest += text
    for (let end = rest.indexOf("\n\n"); end >= 0; end = rest.indexOf("\n\n")) {
      const frame = {}
      for (const line of rest.slice(0, end).split("\n")) {
        const colon = line.indexOf(":")
        if (colon > 0) frame[line.slice(0, colon)] = line.slice(colon + 1).trimStart()
      }
      rest = rest.slice(end + 2)
      onFrame(frame)
    }
  }
}

/** One event of the log, by its sequence. */
export const oneEvent = async (sequence) => {
  const abort = new AbortController()
  const response = await fetch(`/v1/events?from=${sequence - 1}`, {
    headers: headersWithKey(),
    signal: abort.signal,
    cache: "no-store"
  }).catch(() => {
    throw new Problem(0, { detail: "Wadjet does not answer. Is it running?" })
  })
  if (!response.ok) throw new Problem(response.status, await response.json().catch(() => ({})))
  let event
  const take = makeFrames(({ data }) => {
    if (data !== undefined) event ??= JSON.parse(data)
  })
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  while (event === undefined) {
    const { done, value } = await reader.read()
    if (done) break
    take(value)
  }
  abort.abort()
  if (event === undefined) throw new Problem(0, { detail: `Event ${sequence} did not come. Try again.` })
  return event
}

/**
 * Follows the log from a sequence on, for ever.
 * @param {number} from everything after this sequence
 * @param {{ onEvent: (event: object) => void, onState: (state: "live" | "trying" | "off", text: string) => void,
 *   onProblem: (problem: Problem) => boolean }} hooks `onProblem` answers whether to try again
 * @returns {() => void} stops following
 */
export const follow = (from, { onEvent, onProblem, onState }) => {
  let lastId
  let failures = 0
  let silence
  let stopped = false
  let abort

  const once = async () => {
    abort = new AbortController()
    const heard = () => {
      clearTimeout(silence)
      silence = setTimeout(() => abort.abort(), silentMillis)
    }
    heard()
    const headers = headersWithKey(lastId === undefined ? {} : { "last-event-id": lastId })
    const response = await fetch(`/v1/events?from=${from}`, {
      headers,
      signal: abort.signal,
      cache: "no-store"
    })
    if (!response.ok) throw new Problem(response.status, await response.json().catch(() => ({})))
    onState("live", "live")
    failures = 0
    const take = makeFrames(({ data, id }) => {
      // Noted first: an event that cannot be shown would otherwise be asked for again, for ever.
      if (id !== undefined) lastId = id
      if (data !== undefined) onEvent(JSON.parse(data))
    })
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      heard()
      take(next.value)
    }
  }

  const run = async () => {
    while (!stopped) {
      const problem = await once().then(
        () => undefined,
        (error) => error
      )
      clearTimeout(silence)
      if (stopped) return
      if (problem instanceof Problem && !onProblem(problem)) return onState("off", "not connected")
      const wait = Math.min(retryFirstMillis * 2 ** failures, retryLongestMillis)
      failures += 1
      onState("trying", "connection lost, trying again")
      await new Promise((resolve) => setTimeout(resolve, wait))
    }
  }
  void run()
  return () => {
    stopped = true
    abort?.abort()
  }
}
