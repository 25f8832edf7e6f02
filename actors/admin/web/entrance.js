/** Getting in: by name and password, by a key, or by a one-time link. */
import { dropSignIn, get, keepSignIn, mayBeSignedIn, post, Problem, takePass } from "./api.js"
import { byId, sayProblem } from "./dom.js"

const purposes = {
  "set-up": "You will be the first owner: you may do everything here.",
  invitation: "You were invited.",
  reset: "Choose another password. Codes are not asked for any more, and other browsers are signed out."
}

/** What the link was that is shown; spent once somebody is in. */
let pass

const hide = (...ids) => {
  for (const id of ids) byId(id).hidden = true
}

export const hideEntrance = () => hide("login", "pass")

const forgetTyped = () => {
  for (const id of ["sign-in-password", "sign-in-code", "pass-password", "pass-again", "key"])
    byId(id).value = ""
  byId("sign-in-code-part").hidden = true
}

/** Asks to sign in, and says why where there is a reason. */
export const askToSignIn = (problem) => {
  dropSignIn()
  hide("pass")
  byId("login").hidden = false
  sayProblem(byId("login-problem"), problem)
  byId("sign-in-name").focus()
}

/** Whether this browser is still signed in. Not asked where it never was, so that nothing is refused for it. */
export const recallSignIn = async () => {
  if (!mayBeSignedIn()) return false
  try {
    const who = await get("/v1/account")
    if (who.as === "user") keepSignIn(who.pageToken)
    return who.as === "user"
  } catch (error) {
    if (error instanceof Problem && error.status === 401) dropSignIn()
    return false
  }
}

/** Shows what a one-time link is for, where the address brought one; answers whether it did. */
export const showPass = async () => {
  const text = takePass()
  if (text === undefined) return false
  hide("login")
  byId("pass").hidden = false
  sayProblem(byId("pass-problem"), undefined)
  try {
    const { name, purpose, role } = await post("/v1/passes/look", { pass: text })
    pass = text
    byId("pass-about").textContent = `${purposes[purpose]} Your role: ${role}.`
    byId("pass-title").textContent =
      purpose === "reset" ? `A new password for ${name}` : "Choose a name and a password"
    byId("pass-name").value = name ?? ""
    byId("pass-name").readOnly = name !== null
    byId(name === null ? "pass-name" : "pass-password").focus()
  } catch (error) {
    hide("pass")
    askToSignIn(error.message)
  }
  return true
}

const onSubmit = (form, problem, run) =>
  byId(form).addEventListener("submit", async (event) => {
    event.preventDefault()
    sayProblem(byId(problem), undefined)
    await run().catch((error) => sayProblem(byId(problem), error.message))
  })

const letIn = (who, onLetIn) => {
  keepSignIn(who.pageToken)
  pass = undefined
  forgetTyped()
  onLetIn()
}

const signIn = async () => {
  const code = byId("sign-in-code").value.trim()
  const wanted = { name: byId("sign-in-name").value, password: byId("sign-in-password").value }
  try {
    return await post("/v1/sign-in", code === "" ? wanted : { ...wanted, code })
  } catch (error) {
    if (error.type !== "urn:wadjet:problem:code-needed") throw error
    byId("sign-in-code-part").hidden = false
    byId("sign-in-code").focus()
    return undefined
  }
}

/** @param {{ onLetIn: () => void, onKey: (key: string) => void }} hooks */
export const startEntrance = ({ onKey, onLetIn }) => {
  onSubmit("sign-in-form", "login-problem", async () => {
    const who = await signIn()
    if (who !== undefined) letIn(who, onLetIn)
  })
  onSubmit("pass-form", "pass-problem", async () => {
    const password = byId("pass-password").value
    if (password !== byId("pass-again").value) throw new Error("The two passwords are not the same.")
    letIn(await post("/v1/passes/use", { pass, name: byId("pass-name").value.trim(), password }), onLetIn)
  })
  onSubmit("login-form", "login-problem", async () => {
    const key = byId("key").value.trim()
    forgetTyped()
    onKey(key)
  })
}
