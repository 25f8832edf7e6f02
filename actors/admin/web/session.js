/** The connection to WhatsApp: how it is, and linking a number. Only an owner's key may link. */
import { get, headersWithKey, post, Problem } from "./api.js"
import { byId, element, sayProblem } from "./dom.js"
import { makeFrames } from "./stream.js"

/** How often the state is asked for while nothing tells of it. */
const lookEveryMillis = 15_000

const words = {
  unlinked: "WhatsApp: not linked",
  linking: "WhatsApp: linking",
  connecting: "WhatsApp: connecting",
  open: "WhatsApp: open",
  degraded: "WhatsApp: trouble",
  closed: "WhatsApp: closed",
  "logged-out": "WhatsApp: logged out",
  refused: "WhatsApp: refused"
}

const reasons = {
  deaf: "The connection delivered nothing, and was made anew.",
  undecryptable: "Many messages do not open.",
  unacknowledged: "WhatsApp does not say that it takes what is sent.",
  "reach-out-limited": "People who never wrote may not be written to for a while.",
  transient: "It is tried again by itself.",
  "restart-required": "It is tried again by itself.",
  "rate-limited": "WhatsApp wants fewer connections: it is tried again later.",
  replaced: "Another client uses the same credentials. Connect again only if you know that it does not.",
  banned: "The account is banned, or its phone is logged out.",
  suspended: "The account is banned for a time.",
  outdated: "WhatsApp does not take this version any more: update Wadjet.",
  "client-refused": "WhatsApp does not take this client.",
  "multi-device": "The account has no linked devices: turn them on in WhatsApp on the phone."
}

const outcomes = {
  expired: "Nobody used the code in time.",
  cancelled: "Linking was ended.",
  "passkey-required":
    "WhatsApp wants a passkey of whatsapp.com for this account, which no other page may ask for. Link another number.",
  refused: "WhatsApp refused. Look at the phone for a reason."
}

const linkedStates = new Set(["connecting", "open", "degraded", "closed", "refused"])

let stopWatching

const show = ({ session }) => {
  const badge = byId("session")
  badge.hidden = false
  badge.dataset.state = session.state
  badge.textContent = words[session.state] ?? session.state
  byId("session-state").textContent = words[session.state] ?? session.state
  const reason = reasons[session.reason ?? session.cause]
  const when = session.retryAt ?? session.until
  const until = when === undefined ? "" : ` Until ${new Date(when).toLocaleString()}.`
  byId("session-reason").textContent = `${reason ?? ""}${until}`
  const isLinked = linkedStates.has(session.state)
  const isLinking = session.state === "linking"
  byId("session-link").hidden = isLinked || isLinking
  byId("session-stop").hidden = !isLinking
  byId("session-linked").hidden = !isLinked
  if (isLinked) byId("session-code").replaceChildren()
}

/** Asks how it is. A system that does not connect to WhatsApp has no badge. */
export const refreshSession = async () => {
  const all = await get("/v1/session")
  if (all.session === null) {
    byId("session").hidden = true
    return
  }
  byId("session-risk").textContent = all.risk.join(" ")
  show(all)
}

const drawing = (svg) =>
  document.importNode(new DOMParser().parseFromString(svg, "image/svg+xml").documentElement, true)

const heard = (message) => {
  const place = byId("session-code")
  switch (message.live) {
    case "qr": {
      const picture = drawing(message.svg)
      picture.setAttribute("role", "img")
      picture.setAttribute("aria-label", "QR code to scan with WhatsApp")
      place.replaceChildren(
        picture,
        element("p", {}, "On the phone: WhatsApp, Settings, Linked devices, Link a device.")
      )
      return
    }
    case "code":
      place.replaceChildren(
        element("p", { class: "code" }, `${message.code.slice(0, 4)}-${message.code.slice(4)}`),
        element(
          "p",
          {},
          "On the phone: WhatsApp, Settings, Linked devices, Link a device, Link with phone number."
        )
      )
      return
    case "state":
      show({ session: message.state })
      return
    case "ended":
      place.replaceChildren()
      sayProblem(byId("session-problem"), outcomes[message.outcome])
  }
}

/** Listens for codes while the dialog is open. Codes are credentials: they are kept nowhere. */
const watch = () => {
  const abort = new AbortController()
  const run = async () => {
    const response = await fetch("/v1/session/live", {
      headers: headersWithKey(),
      signal: abort.signal,
      cache: "no-store"
    })
    if (!response.ok) throw new Problem(response.status, await response.json().catch(() => ({})))
    const take = makeFrames(({ data }) => {
      if (data !== undefined) heard(JSON.parse(data))
    })
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
    for (let next = await reader.read(); !next.done; next = await reader.read()) take(next.value)
  }
  run().catch((error) => {
    if (abort.signal.aborted) return
    sayProblem(byId("session-problem"), error.message)
  })
  return () => abort.abort()
}

const asking = (ask) => async () => {
  sayProblem(byId("session-problem"), undefined)
  await ask().catch((error) => sayProblem(byId("session-problem"), error.message))
}

const link = (body) =>
  asking(() => {
    if (!byId("session-accept").checked)
      return Promise.reject(new Error("Read what it risks, and say that you take the risk."))
    return post("/v1/session/link", { ...body(), riskAccepted: true })
  })

export const startSession = () => {
  const dialog = byId("session-dialog")
  byId("session").addEventListener("click", () => {
    sayProblem(byId("session-problem"), undefined)
    dialog.showModal()
    stopWatching = watch()
  })
  dialog.addEventListener("close", () => {
    stopWatching?.()
    byId("session-code").replaceChildren()
  })
  byId("session-close").addEventListener("click", () => dialog.close())
  byId("session-by-qr").addEventListener(
    "click",
    link(() => ({ method: "qr" }))
  )
  const digits = () => byId("session-phone").value.replace(/[\s().+-]/g, "")
  byId("session-by-code").addEventListener(
    "click",
    link(() => ({ method: "code", phone: digits() }))
  )
  for (const id of ["session-unlink", "session-stop"])
    byId(id).addEventListener(
      "click",
      asking(() => post("/v1/session/unlink", {}))
    )
  byId("session-reconnect").addEventListener(
    "click",
    asking(() => post("/v1/session/reconnect", {}))
  )
  setInterval(() => {
    if (!byId("page").hidden) void refreshSession().catch(() => {})
  }, lookEveryMillis)
}
