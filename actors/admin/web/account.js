/** The own account: where one is signed in, the password, codes; for owners the people and keys, too. */
import { dropKey, dropSignIn, get, post, put, remove } from "./api.js"
import { byId, element, sayProblem } from "./dom.js"
import { refreshPeople, startPeople } from "./people.js"
import { isShown } from "./views.js"

let account

/** Runs what was asked for, and says what went wrong. */
const asking = (place, run) => async (event) => {
  event?.preventDefault()
  sayProblem(byId(place), undefined)
  await run().catch((error) => sayProblem(byId(place), error.message))
}

const signInRow = (it) =>
  element(
    "li",
    {},
    element("span", {}, it.agent ?? "an unknown browser"),
    element(
      "span",
      { class: "quiet" },
      it.own ? "this one" : `last used ${new Date(it.lastUsedAt).toLocaleString()}`
    ),
    it.own
      ? undefined
      : element(
          "button",
          {
            class: "plain",
            attributes: { type: "button" },
            on: {
              click: asking("own-problem", async () => {
                await remove(`/v1/account/sign-ins/${it.signIn}`)
                await refreshAccount()
              })
            }
          },
          "Sign out"
        )
  )

const showCodes = () => {
  byId("codes-state").textContent = account.code
    ? "A code is asked for when you sign in."
    : "A password alone is enough to sign in."
  byId("codes-submit").textContent = account.code ? "Ask for codes no more" : "Ask for codes"
}

/** Reads the account anew, while it is shown. */
export const refreshAccount = async () => {
  if (!isShown("account")) return
  account = await get("/v1/account")
  const isUser = account.as === "user"
  byId("account-who").textContent = isUser
    ? `${account.name}, ${account.role}`
    : `A key of the role ${account.role}, in this tab only.`
  byId("own-account").hidden = !isUser
  byId("people").hidden = account.role !== "owner"
  if (isUser) {
    for (const field of document.querySelectorAll("#own-account [autocomplete=username]"))
      field.value = account.name
    showCodes()
    const { items } = await get("/v1/account/sign-ins")
    byId("sign-ins").replaceChildren(...items.map(signInRow))
  }
  if (account.role === "owner") await refreshPeople(account.user)
}

const changePassword = async () => {
  const [present, wanted] = [byId("password-present"), byId("password-wanted")]
  await put("/v1/account/password", { present: present.value, wanted: wanted.value })
  present.value = ""
  wanted.value = ""
  byId("password-said").textContent = "Changed. Other browsers are signed out."
  await refreshAccount()
}

const showSecret = ({ secret, svg }) => {
  const picture = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement
  picture.setAttribute("role", "img")
  picture.setAttribute("aria-label", "QR code to scan with an authenticator app")
  byId("codes-picture").replaceChildren(picture)
  byId("codes-secret").textContent = secret.replace(/.{4}(?=.)/g, "$& ")
  byId("codes-new").hidden = false
  byId("codes-code").focus()
}

const changeCodes = async () => {
  const password = byId("codes-password").value
  byId("codes-password").value = ""
  if (account.code) {
    await post("/v1/account/codes/end", { password })
    return refreshAccount()
  }
  return showSecret(await post("/v1/account/codes/begin", { password }))
}

const confirmCodes = async () => {
  await post("/v1/account/codes/confirm", { code: byId("codes-code").value })
  byId("codes-new").hidden = true
  byId("codes-picture").replaceChildren()
  byId("codes-secret").textContent = ""
  byId("codes-code").value = ""
  await refreshAccount()
}

/** @param {() => void} onSignedOut */
export const startAccount = (onSignedOut) => {
  byId("sign-out").addEventListener(
    "click",
    asking("account-problem", async () => {
      if (account?.as === "user") await post("/v1/sign-out", {})
      dropKey()
      dropSignIn()
      onSignedOut()
    })
  )
  byId("password-form").addEventListener("submit", asking("own-problem", changePassword))
  byId("codes-form").addEventListener("submit", asking("own-problem", changeCodes))
  byId("codes-confirm").addEventListener("submit", asking("own-problem", confirmCodes))
  startPeople(refreshAccount)
}
