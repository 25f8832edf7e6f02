/** Asking the server, always with the key in a header. */

const keyName = "wadjet-key"

/** The key of this tab. A link may bring it behind the `#`, which browsers send to nobody. */
export const takeKey = () => {
  const fromLink = new URLSearchParams(location.hash.slice(1)).get("key")
  if (fromLink !== null) {
    sessionStorage.setItem(keyName, fromLink)
    history.replaceState(null, "", location.pathname)
  }
  return sessionStorage.getItem(keyName) ?? undefined
}

export const keepKey = (key) => sessionStorage.setItem(keyName, key)
export const dropKey = () => sessionStorage.removeItem(keyName)

/** An answer that is a problem document. `status` 0 means that there was no answer. */
export class Problem extends Error {
  constructor(status, problem) {
    super(problem.detail ?? problem.title ?? "The server did not say why.")
    this.status = status
    this.type = problem.type
  }
}

export const headersWithKey = (more = {}) => ({ authorization: `Bearer ${takeKey() ?? ""}`, ...more })

const request = async (path, init) => {
  const response = await fetch(path, { ...init, cache: "no-store" }).catch(() => {
    throw new Problem(0, { detail: "Wadjet does not answer. Is it running?" })
  })
  const body = await response.json().catch(() => ({}))
  if (!response.ok) throw new Problem(response.status, body)
  return body
}

export const get = (path) => request(path, { headers: headersWithKey() })

const sending = (method) => (path, body) =>
  request(path, {
    method,
    headers: headersWithKey({ "content-type": "application/json" }),
    body: JSON.stringify(body)
  })

export const post = sending("POST")
export const put = sending("PUT")
export const patch = sending("PATCH")
export const remove = (path) => request(path, { method: "DELETE", headers: headersWithKey() })
