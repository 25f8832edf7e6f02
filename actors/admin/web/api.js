/** Asking the server: with a key in a header, or as whoever signed in, with what shows that it is this page. */

const keyName = "wadjet-key"
/** Says nothing but that it is worth asking whether this browser is still signed in. */
const signedInName = "wadjet-signed-in"

/** What the server told this page to show; another site cannot know it. */
let pageToken

/** The key of this tab. A link may bring it behind the `#`, which browsers send to nobody. */
export const takeKey = () => {
  const fromLink = new URLSearchParams(location.hash.slice(1)).get("key")
  if (fromLink !== null) {
    sessionStorage.setItem(keyName, fromLink)
    history.replaceState(null, "", location.pathname)
  }
  return sessionStorage.getItem(keyName) ?? undefined
}

/** The secret of a one-time link, behind the `#` as well. It is kept nowhere. */
export const takePass = () => {
  const pass = new URLSearchParams(location.hash.slice(1)).get("pass")
  if (pass !== null) history.replaceState(null, "", location.pathname)
  return pass ?? undefined
}

/** Notes that somebody is signed in here, with the token for this page. */
export const keepSignIn = (token) => {
  pageToken = token
  sessionStorage.removeItem(keyName)
  localStorage.setItem(signedInName, "yes")
}
export const dropSignIn = () => {
  pageToken = undefined
  localStorage.removeItem(signedInName)
}
export const mayBeSignedIn = () => localStorage.getItem(signedInName) !== null

export const keepKey = (key) => sessionStorage.setItem(keyName, key)
export const dropKey = () => sessionStorage.removeItem(keyName)

/** An answer that is a problem document. `status` 0 means that there was no answer. */
export class Problem extends Error {
  constructor(status, problem) {
    super(problem.detail ?? problem.title ?? "The server did not say why.")
    this.status = status
    this.type = problem.type
    this.reason = problem.reason
  }
}

export const headersWithKey = (more = {}) => {
  const key = takeKey()
  if (key !== undefined) return { authorization: `Bearer ${key}`, ...more }
  return pageToken === undefined ? more : { "x-wadjet-page": pageToken, ...more }
}

const answerOf = (path, init) =>
  fetch(path, { ...init, cache: "no-store" }).catch(() => {
    const detail = init.signal?.aborted ? "Cancelled." : "Wadjet does not answer. Is it running?"
    throw new Problem(0, { detail })
  })

const request = async (path, init) => {
  const response = await answerOf(path, init)
  const body = await response.json().catch(() => ({}))
  if (!response.ok) throw new Problem(response.status, body)
  return body
}

export const get = (path) => request(path, { headers: headersWithKey() })

/** The most rows of one page. */
const pageRowsMax = 200

/** All rows of a list that is short enough to be shown whole. */
export const getAll = async (path) => {
  const rows = []
  const pageOf = (cursor) =>
    `${path}${path.includes("?") ? "&" : "?"}limit=${pageRowsMax}${cursor === null ? "" : `&cursor=${cursor}`}`
  for (let cursor = null; ;) {
    const { items, next } = await get(pageOf(cursor))
    rows.push(...items)
    if (next === null) return rows
    cursor = next
  }
}

const sent = (method, body, signal) => ({
  method,
  headers: headersWithKey({ "content-type": "application/json" }),
  body: JSON.stringify(body),
  signal
})

/** An answer that is a text, with its headers. */
export const postForText = async (path, body, signal) => {
  const response = await answerOf(path, sent("POST", body, signal))
  if (!response.ok) throw new Problem(response.status, await response.json().catch(() => ({})))
  return { text: await response.text(), headers: response.headers }
}

const sending = (method) => (path, body, signal) => request(path, sent(method, body, signal))

export const post = sending("POST")
export const put = sending("PUT")
export const patch = sending("PATCH")
export const remove = (path) => request(path, { method: "DELETE", headers: headersWithKey() })
