/** The description of the API, to read and to try: with a key, or as whoever is signed in. */
import { get, headersWithKey, keepKey, keepSignIn, mayBeSignedIn, takeKey } from "./api.js"
import { byId, sayProblem } from "./dom.js"

/** Whoever is signed in has a token for what changes something. */
const signIn = async () => {
  if (takeKey() !== undefined || !mayBeSignedIn()) return
  const account = await get("/v1/account").catch(() => undefined)
  if (account?.as === "user") keepSignIn(account.pageToken)
}

const withKey = (request) => {
  for (const [name, value] of Object.entries(headersWithKey())) request.headers[name] ??= value
  return request
}

const show = async () => {
  if (takeKey() === undefined && !mayBeSignedIn()) return (byId("docs-key").hidden = false)
  const spec = await get("/v1/openapi.json").catch((error) => error)
  const isRefused = spec instanceof Error
  byId("docs-key").hidden = !isRefused
  sayProblem(byId("docs-problem"), isRefused && spec.status !== 401 ? spec.message : undefined)
  if (isRefused) return
  globalThis.SwaggerUIBundle({
    spec,
    domNode: byId("docs"),
    docExpansion: "none",
    deepLinking: true,
    tryItOutEnabled: true,
    validatorUrl: null,
    // Without the key: somebody may look on.
    showMutatedRequest: false,
    syntaxHighlight: { activated: false },
    requestInterceptor: withKey
  })
}

byId("docs-key").addEventListener("submit", (event) => {
  event.preventDefault()
  keepKey(byId("docs-key-text").value.trim())
  byId("docs-key-text").value = ""
  void show()
})

await signIn()
await show()
