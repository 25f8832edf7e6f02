/** Getting in and the account's page, in a real browser, on the whole system. */
import { expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import type { Page } from "playwright-core"
import { codeOf, stepAt } from "../../../actors/admin/accounts/totp.ts"
import { bytesOf } from "./authenticator-secret.ts"
import { shoot, Stage, stage } from "./browser.ts"

const password = "correct horse battery"

/** What a browser says itself of an answer that refuses is no fault of the page. */
const complaintsOf = (page: Page) => {
  const complaints: Array<string> = []
  page.on("console", (message) => {
    if (message.type() === "error" && !/status of 40[19]/.test(message.text()))
      complaints.push(message.text())
  })
  page.on("pageerror", (error) => complaints.push(error.message))
  return complaints
}

const signIn = async (page: Page) => {
  await page.getByLabel("Name", { exact: true }).first().fill("Ada")
  await page.locator("#sign-in-password").fill(password)
  await page.getByRole("button", { name: "Sign in", exact: true }).click()
}

layer(stage, { timeout: "90 seconds", excludeTestServices: true })("the page", (test) => {
  test.effect("lets the first owner in by the set-up link, and again by name, password and code", () =>
    Effect.gen(function* () {
      const { browser, it } = yield* Stage
      yield* Effect.promise(async () => {
        const context = await browser.newContext({ viewport: { width: 1280, height: 1000 } })
        const page = await context.newPage()
        const complaints = complaintsOf(page)
        await page.goto(it.setUpLink!)
        await page.locator("#pass-about", { hasText: "first owner" }).waitFor()
        expect(page.url()).toBe(`${it.url}/`)
        await shoot(page, "set-up")
        await page.locator("#pass-name").fill("Ada")
        await page.locator("#pass-password").fill(password)
        await page.locator("#pass-again").fill("something else")
        await page.getByRole("button", { name: "Go in" }).click()
        await page.locator("#pass-problem", { hasText: "not the same" }).waitFor()
        await page.locator("#pass-again").fill(password)
        await page.getByRole("button", { name: "Go in" }).click()
        await page.locator("#connection[data-state=live]").waitFor()
        await page.reload()
        await page.locator("#connection[data-state=live]").waitFor()

        await page.getByRole("button", { name: "Account", exact: true }).click()
        await page.locator("#account-who", { hasText: "Ada, owner" }).waitFor()
        await page.locator("#sign-ins", { hasText: "this one" }).waitFor()
        await page.locator("#codes-password").fill(password)
        await page.getByRole("button", { name: "Ask for codes" }).click()
        await page.locator("#codes-picture svg").waitFor()
        await shoot(page, "codes")
        const secret = bytesOf((await page.locator("#codes-secret").textContent())!)
        const step = stepAt(Date.now())
        await page.locator("#codes-code").fill(codeOf(secret, step))
        await page.getByRole("button", { name: "Confirm" }).click()
        await page.locator("#codes-state", { hasText: "A code is asked for" }).waitFor()

        await page.getByRole("button", { name: "Make a link to let somebody in" }).click()
        await page.locator("#people-secret code", { hasText: `${it.url}/#pass=` }).waitFor()
        await page.locator("#key-label").fill("dashboard")
        await page.locator("#key-scopes").fill("jobs:read")
        await page.getByRole("button", { name: "Make a key" }).click()
        await page.locator("#people-secret code", { hasText: /^wadjet_/ }).waitFor()
        await page.locator("#keys-rows tr", { hasText: "dashboard" }).getByText("jobs:read").waitFor()
        await shoot(page, "account")

        await page.getByRole("button", { name: "Sign out", exact: true }).first().click()
        await page.locator("#login").waitFor()
        await shoot(page, "sign-in")
        await page.locator("#sign-in-name").fill("Ada")
        await page.locator("#sign-in-password").fill("not the right one")
        await page.getByRole("button", { name: "Sign in", exact: true }).click()
        await page.locator("#login-problem", { hasText: "not right" }).waitFor()
        await signIn(page)
        await page.locator("#sign-in-code").fill(codeOf(secret, Math.max(step + 1, stepAt(Date.now()))))
        await page.getByRole("button", { name: "Sign in", exact: true }).click()
        await page.locator("#connection[data-state=live]").waitFor()
        expect(complaints).toEqual([])
        expect(await page.evaluate("document.cookie + JSON.stringify(sessionStorage)")).toBe("{}")
        await context.close()
      })
    })
  )

  test.effect("says of a link that was used that it is good no more, and asks to sign in", () =>
    Effect.gen(function* () {
      const { browser, it } = yield* Stage
      yield* Effect.promise(async () => {
        const context = await browser.newContext({ viewport: { width: 390, height: 844 } })
        const page = await context.newPage()
        await page.goto(it.setUpLink!)
        await page.locator("#login-problem", { hasText: "used before" }).waitFor()
        const overflow = await page.evaluate(
          "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        expect(overflow).toBe(0)
        await shoot(page, "sign-in-phone")
        await context.close()
      })
    })
  )
})
