/** People who sign in, over real HTTP: cookies, forged requests, planted cookies, guesses, one-time links. */
import { expect, layer } from "@effect/vitest"
import { Context, Effect, Layer, Schema } from "effect"
import { codeOf, stepAt } from "../../../actors/admin/accounts/totp.ts"
import { Role } from "../../../contracts/account.ts"
import { isAtLeast, signInCookie } from "../../../contracts/http/access.ts"
import { OneTimeLink } from "../../../contracts/http/accounts.ts"
import { endpoints, neededRole } from "../../../contracts/http/open-api.ts"
import { bytesOf } from "./authenticator-secret.ts"
import { cookieOf, enter, passIn, type Tab, tabOf, Who } from "./cookies.ts"
import { Items, Problem } from "./shapes.ts"
import { call, eventually, ground, type Whole, whole } from "./whole.ts"

class Running extends Context.Service<Running, Whole>()("test/Running") {}
const running = Layer.effect(Running, Effect.flatMap(ground, whole))

const password = "correct horse battery"
const Codes = Schema.Struct({ secret: Schema.String, uri: Schema.String, svg: Schema.String })
const SignIns = Schema.Struct({
  items: Schema.Array(Schema.Struct({ signIn: Schema.String, own: Schema.Boolean }))
})

/** Somebody new of a role, let in by a link that an owner's key made. */
const somebody = async ({ firstKey, url }: Whole, name: string, role: Role): Promise<Tab> => {
  const invited = await call(`${url}/v1/passes`, firstKey!.text, {
    method: "POST",
    body: JSON.stringify({ role })
  })
  const pass = passIn(invited.as(OneTimeLink).link)
  return tabOf(url, await enter(url, "/v1/passes/use", { pass, name, password }))
}

const signIn = ({ url }: Whole, name: string, more: object = {}, headers = {}) =>
  enter(url, "/v1/sign-in", { name, password, ...more }, headers)

const typeOf = (answer: { readonly as: Awaited<ReturnType<typeof call>>["as"] }) =>
  answer.as(Problem).type.replace("urn:wadjet:problem:", "")

const withRunning = <A>(run: (it: Whole) => Promise<A>) =>
  Effect.flatMap(Running, (it) => Effect.promise(() => run(it)))

layer(running, { timeout: "60 seconds", excludeTestServices: true })("somebody", (test) => {
  test.effect("becomes the first owner by the set-up link, once, and no other such link is good then", () =>
    withRunning(async ({ setUpLink, url }) => {
      const pass = passIn(setUpLink!)
      const looked = await enter(url, "/v1/passes/look", { pass })
      expect(JSON.parse(looked.text)).toEqual({ purpose: "set-up", role: "owner", name: null })
      const short = await enter(url, "/v1/passes/use", { pass, name: "Ada", password: "too short" })
      expect([short.status, short.as(Problem).field]).toEqual([400, "payload.password"])
      const used = await enter(url, "/v1/passes/use", { pass, name: "Ada", password })
      expect(used.as(Who)).toMatchObject({ as: "user", name: "Ada", role: "owner" })
      expect((await tabOf(url, used).ask("GET", "/v1/accounts")).status).toBe(200)
      const again = await enter(url, "/v1/passes/use", { pass, name: "Eve", password })
      expect([again.status, typeOf(again)]).toEqual([404, "not-found"])
    })
  )

  test.effect(
    "gets a cookie that no script reads and no other site sends, and its secret is kept nowhere",
    () =>
      withRunning(async (it) => {
        const answer = await signIn(it, "  ADA ")
        const [line] = answer.headers.getSetCookie()
        expect(line).toMatch(
          /^wadjet-sign-in=[0-9a-f]{32}_[\w-]{43}; Max-Age=86400; Path=\/; HttpOnly; SameSite=Strict$/
        )
        expect(answer.text).not.toContain(cookieOf(answer)!.slice(33))
      })
  )

  test.effect("may do what is declared for their role, and nothing more", () =>
    withRunning(async (it) => {
      for (const role of Role.literals) {
        const { ask } = await somebody(it, `Of role ${role}`, role)
        for (const needed of Role.literals) {
          const reading = endpoints.find(
            ({ endpoint }) =>
              endpoint.method === "GET" &&
              /^\/v1\/[a-z-]+$/.test(endpoint.path) &&
              neededRole(endpoint) === needed
          )?.endpoint
          if (reading === undefined) continue
          const { status } = await ask("GET", reading.path)
          // What a request lacks is said to whoever may make it.
          const answer = status === 403 ? "refused" : "answered"
          expect([role, reading.path, answer]).toEqual([
            role,
            reading.path,
            isAtLeast(role, needed) ? "answered" : "refused"
          ])
          expect([200, 400, 403]).toContain(status)
        }
      }
    })
  )

  test.effect("is not spoken for by another site, nor by a page without the token", () =>
    withRunning(async (it) => {
      const { ask, cookie } = await somebody(it, "Forged", "owner")
      const post = (headers: Record<string, string>) =>
        call(`${it.url}/v1/passes`, undefined, {
          method: "POST",
          headers: { cookie: `${signInCookie}=${cookie}`, ...headers },
          body: '{"role":"viewer"}'
        })
      const host = new URL(it.url).host
      const refused = [
        await post({}),
        await post({ "sec-fetch-site": "same-origin" }),
        await post({ "sec-fetch-site": "same-origin", "x-wadjet-page": "guessed" }),
        await ask("POST", "/v1/passes", { role: "viewer" }, { "sec-fetch-site": "cross-site" }),
        await ask("POST", "/v1/passes", { role: "viewer" }, { "sec-fetch-site": "same-site" }),
        await ask("POST", "/v1/passes", { role: "viewer" }, { "sec-fetch-site": "none" }),
        await ask("GET", "/v1/overview", undefined, { "sec-fetch-site": "cross-site" })
      ]
      for (const answer of refused) expect([answer.status, typeOf(answer)]).toEqual([403, "cross-site"])
      expect((await ask("POST", "/v1/passes", { role: "viewer" })).status).toBe(200)
      // A browser that does not say where a request comes from names an origin.
      const byOrigin = (origin: string) =>
        call(`${it.url}/v1/overview`, undefined, {
          headers: { cookie: `${signInCookie}=${cookie}`, origin }
        })
      expect((await byOrigin(`http://${host}`)).status).toBe(200)
      expect((await byOrigin("http://elsewhere.example")).status).toBe(403)
      expect((await byOrigin("null")).status).toBe(403)
      const crossSignIn = await signIn(it, "Forged", {}, { "sec-fetch-site": "cross-site" })
      expect([crossSignIn.status, cookieOf(crossSignIn)]).toEqual([403, undefined])
    })
  )

  test.effect("gets another secret with each sign-in, and the one that was planted is worth nothing", () =>
    withRunning(async (it) => {
      const planted = await somebody(it, "Mallory", "viewer")
      await somebody(it, "Victim", "owner")
      const answer = await signIn(it, "Victim", {}, { cookie: `${signInCookie}=${planted.cookie}` })
      const after = tabOf(it.url, answer)
      expect(after.cookie).not.toBe(planted.cookie)
      expect((await planted.ask("GET", "/v1/account")).status).toBe(401)
      expect((await after.ask("GET", "/v1/account")).as(Who)).toMatchObject({ name: "Victim" })
      const made = await signIn(it, "Victim", {}, { cookie: `${signInCookie}=${"a".repeat(32)}_mine` })
      expect(cookieOf(made)).not.toContain("mine")
    })
  )

  test.effect("signs out, alone or in another browser, and is out at once", () =>
    withRunning(async (it) => {
      const one = await somebody(it, "Bob", "viewer")
      const other = tabOf(it.url, await signIn(it, "Bob"))
      const { items } = (await one.ask("GET", "/v1/account/sign-ins")).as(SignIns)
      expect(items.map(({ own, signIn: id }) => [id, own])).toEqual([
        [other.signIn, false],
        [one.signIn, true]
      ])
      const ended = await one.ask("DELETE", `/v1/account/sign-ins/${other.signIn}`)
      expect(ended.status).toBe(200)
      expect((await other.ask("GET", "/v1/account")).status).toBe(401)
      const stranger = await somebody(it, "Carol", "viewer")
      expect((await stranger.ask("DELETE", `/v1/account/sign-ins/${one.signIn}`)).status).toBe(404)
      const out = await one.ask("POST", "/v1/sign-out")
      expect(out.headers.getSetCookie()[0]).toContain("Max-Age=0")
      expect((await one.ask("GET", "/v1/account")).status).toBe(401)
    })
  )

  test.effect(
    "who types a wrong password is told no more than who types a wrong name, and soon has to wait",
    () =>
      withRunning(async (it) => {
        const tab = await somebody(it, "Guessed", "viewer")
        const guess = (name: string) => signIn(it, name, { password: "not the right one" })
        for (const name of ["Guessed", "Nobody"]) {
          const first = await guess(name)
          expect([first.status, typeOf(first), cookieOf(first)]).toEqual([401, "not-let-in", undefined])
          const waiting = await eventually(
            () => guess(name),
            ({ status }) => status !== 401
          )
          expect([name, waiting.status, typeOf(waiting)]).toEqual([name, 429, "too-many"])
          expect(Number(waiting.headers.get("retry-after"))).toBeGreaterThan(0)
        }
        expect((await tab.ask("GET", "/v1/account")).status).toBe(200)
        // A way out that no guess takes: a link.
        const { link } = (
          await call(`${it.url}/v1/accounts/${tab.user}/reset`, it.firstKey!.text, { method: "POST" })
        ).as(OneTimeLink)
        expect((await enter(it.url, "/v1/passes/use", { pass: passIn(link), password })).status).toBe(200)
        expect((await tab.ask("GET", "/v1/account")).status).toBe(401)
        expect((await signIn(it, "Guessed")).status).toBe(200)
      })
  )

  test.effect("can be asked for a code besides, which is taken once", () =>
    withRunning(async (it) => {
      const tab = await somebody(it, "Coded", "viewer")
      const begun = (await tab.ask("POST", "/v1/account/codes/begin", { password })).as(Codes)
      expect(begun.svg).toContain("<svg")
      expect(begun.uri).toBe(`otpauth://totp/Wadjet%3ACoded?secret=${begun.secret}&issuer=Wadjet`)
      const secret = bytesOf(begun.secret)
      const wrong = await tab.ask("POST", "/v1/account/codes/confirm", { code: "000000x" })
      expect([wrong.status, typeOf(wrong)]).toEqual([409, "impossible"])
      const step = stepAt(Date.now())
      const code = codeOf(secret, step)
      expect((await tab.ask("POST", "/v1/account/codes/confirm", { code })).status).toBe(200)
      const without = await signIn(it, "Coded")
      expect([without.status, typeOf(without)]).toEqual([401, "code-needed"])
      expect((await signIn(it, "Coded", { code })).status).toBe(401)
      const next = codeOf(secret, Math.max(step + 1, stepAt(Date.now())))
      expect((await signIn(it, "Coded", { code: next })).as(Who)).toMatchObject({ code: true })
      expect((await signIn(it, "Coded", { code: next })).status).toBe(401)
      expect((await tab.ask("POST", "/v1/account/codes/end", { password: "wrong" })).status).toBe(409)
      expect((await tab.ask("POST", "/v1/account/codes/end", { password })).status).toBe(200)
      expect((await signIn(it, "Coded")).status).toBe(200)
    })
  )

  test.effect("changes the password knowing the present one, which signs out the other browsers", () =>
    withRunning(async (it) => {
      const tab = await somebody(it, "Changing", "viewer")
      const other = tabOf(it.url, await signIn(it, "Changing"))
      const change = (present: string) =>
        tab.ask("PUT", "/v1/account/password", { present, wanted: "another long password" })
      expect((await change("wrong")).status).toBe(409)
      expect((await change(password)).status).toBe(200)
      expect((await other.ask("GET", "/v1/account")).status).toBe(401)
      expect((await tab.ask("GET", "/v1/account")).status).toBe(200)
      expect((await signIn(it, "Changing")).status).toBe(401)
      expect((await signIn(it, "Changing", { password: "another long password" })).status).toBe(200)
    })
  )

  test.effect("who is shut out is out at once; the last owner cannot be", () =>
    withRunning(async (it) => {
      const tab = await somebody(it, "Leaving", "operator")
      const patch = (user: string, body: object) =>
        call(`${it.url}/v1/accounts/${user}`, it.firstKey!.text, {
          method: "PATCH",
          body: JSON.stringify(body)
        })
      expect((await patch(tab.user, { role: "viewer" })).status).toBe(200)
      expect((await tab.ask("GET", "/v1/contacts")).status).toBe(403)
      expect((await patch(tab.user, { closed: true })).status).toBe(200)
      expect((await tab.ask("GET", "/v1/account")).status).toBe(401)
      expect((await signIn(it, "Leaving")).status).toBe(401)
      const Users = Schema.Struct({
        items: Schema.Array(Schema.Struct({ user: Schema.String, role: Role, name: Schema.String }))
      })
      const { items } = (await call(`${it.url}/v1/accounts`, it.firstKey!.text)).as(Users)
      const owners = items.filter(({ role }) => role === "owner")
      for (const { user } of owners.slice(1)) await patch(user, { role: "viewer" })
      const last = await patch(owners[0]!.user, { closed: true })
      expect([last.status, last.as(Problem).reason]).toEqual([409, "last-owner"])
    })
  )

  test.effect("has the name of nobody else, in no other spelling", () =>
    withRunning(async (it) => {
      await somebody(it, "Straße", "viewer")
      const { link } = (
        await call(`${it.url}/v1/passes`, it.firstKey!.text, { method: "POST", body: '{"role":"viewer"}' })
      ).as(OneTimeLink)
      const use = (name: string) => enter(it.url, "/v1/passes/use", { pass: passIn(link), name, password })
      const taken = await use("ＳTRAßE")
      expect([taken.status, taken.as(Problem).reason]).toEqual([409, "name-taken"])
      for (const name of ["", "x", " ada ", "a\u0000b", "a\r\nSet-Cookie: x=1", "\u202Eada"])
        expect([name, (await use(name)).status]).toEqual([name, 400])
      expect((await use("Another")).status).toBe(200)
    })
  )

  test.effect("leaves a fact of each thing done, and no name and no secret in it", () =>
    withRunning(async (it) => {
      const told = await eventually(
        async () => {
          const abort = new AbortController()
          const response = await fetch(`${it.url}/v1/events?from=0&context=account`, {
            headers: { authorization: `Bearer ${it.firstKey!.text}` },
            signal: abort.signal
          })
          let text = ""
          for await (const piece of response.body!.pipeThrough(new TextDecoderStream())) {
            text += piece
            if (text.includes("user-changed") || text.length > 200_000) break
          }
          abort.abort()
          return text
        },
        (text) => text.includes("account.user-changed")
      )
      const kinds = [
        "pass-issued",
        "user-added",
        "signed-in",
        "signed-out",
        "user-locked",
        "credentials-changed"
      ]
      for (const kind of kinds) expect([kind, told.includes(`account.${kind}`)]).toEqual([kind, true])
      expect(told).not.toMatch(/Ada|Guessed|Mallory|argon2|correct horse/)
    })
  )

  test.effect("who has a key has no account", () =>
    withRunning(async (it) => {
      const who = await call(`${it.url}/v1/account`, it.firstKey!.text)
      expect(who.as(Who)).toMatchObject({ as: "key", role: "owner" })
      const out = await call(`${it.url}/v1/account/sign-ins`, it.firstKey!.text)
      expect([out.status, typeOf(out)]).toEqual([403, "not-signed-in"])
      expect((await call(`${it.url}/v1/accounts`, it.firstKey!.text)).as(Items).items.length).toBeGreaterThan(
        3
      )
    })
  )
})
