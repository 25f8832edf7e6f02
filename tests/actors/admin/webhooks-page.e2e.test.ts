/** Webhooks, and the query console, on the page: in a real browser on the whole system, with a receiver on loopback. */
import { readFileSync } from "node:fs"
import { expect, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import type { Page } from "playwright-core"
import { opened, shoot, Stage, stageOf } from "./browser.ts"
import { openReceiver, type Receiver } from "./webhook-receiver.ts"
import { eventually, ground, whole } from "./whole.ts"

class Hearing extends Context.Service<Hearing, Receiver>()("test/Hearing") {}

const standing = Layer.unwrap(
  Effect.map(openReceiver, (receiver) =>
    Layer.merge(
      Layer.succeed(Hearing, receiver),
      stageOf(Effect.flatMap(ground, (on) => whole(on, undefined, undefined, { outbound: receiver.client })))
    )
  )
)

const view = (page: Page, name: string) =>
  page.getByRole("navigation", { name: "Views" }).getByRole("button", { name, exact: true }).click()

layer(standing, { timeout: "120 seconds", excludeTestServices: true })("the page", (test) => {
  test.effect("adds a webhook, shows its secret once, what came of each attempt, and sends one again", () =>
    Effect.gen(function* () {
      const setting = yield* Stage
      const { heard, state, urlOf } = yield* Hearing
      yield* Effect.promise(async () => {
        const { complaints, context, page } = await opened(setting)
        await view(page, "Webhooks")
        await page.locator("#webhooks-empty").waitFor()
        const url = urlOf("/page")
        await page.getByLabel("URL", { exact: true }).fill(url)
        await page.getByLabel("Contexts", { exact: true }).fill("account")
        await page.getByLabel("For what").fill("a ticket system")
        await page.getByLabel("From event").fill("1")
        await page.getByRole("button", { name: "Add", exact: true }).click()
        const dialog = page.locator("#why")
        const secret = await dialog.locator("#webhook-secret").textContent()
        expect(secret).toMatch(/^whsec_\S{44}$/)
        await shoot(page, "webhook-secret")
        await dialog.getByRole("button", { name: "I have kept it" }).click()
        const row = page.locator("#webhooks-rows tr").filter({ hasText: "a ticket system" })
        await row.filter({ hasText: url }).waitFor()
        await page.reload()
        await view(page, "Webhooks")
        await row.locator(".mark", { hasText: "on" }).waitFor()
        expect(await page.content()).not.toContain(secret)

        await row.getByRole("button", { name: "Attempts" }).click()
        const attempts = page.locator("#webhooks-deliveries-rows tr")
        const first = attempts.filter({ hasText: /#1 account\./ })
        await first.filter({ hasText: "taken, 204" }).waitFor()
        const told = heard.filter(({ body }) => (JSON.parse(body) as { sequence?: number }).sequence === 1)
        expect(told.length).toBe(1)
        await first.getByRole("button", { name: "Send again" }).click()
        await attempts
          .filter({ hasText: /#1 account\./ })
          .nth(1)
          .waitFor()
        const again = heard.filter(({ body }) => (JSON.parse(body) as { sequence?: number }).sequence === 1)
        expect(again.map(({ headers }) => headers["webhook-id"])).toEqual(
          Array.from({ length: 2 }, () => told[0]!.headers["webhook-id"])
        )
        state.mood = (one) => (one.body.includes("webhook.test") ? 500 : 204)
        await row.getByRole("button", { name: "Try it out" }).click()
        await attempts.filter({ hasText: "webhook.test" }).filter({ hasText: "not taken: 500" }).waitFor()
        await shoot(page, "webhooks")

        await row.getByRole("button", { name: "Another secret" }).click()
        await row.getByRole("button", { name: "Really another secret?" }).click()
        await dialog.filter({ hasText: "signed with the former one as well" }).waitFor()
        expect(await dialog.locator("#webhook-secret").textContent()).not.toBe(secret)
        await dialog.getByRole("button", { name: "I have kept it" }).click()
        await row.getByRole("button", { name: "Switch off" }).click()
        await row.locator(".mark", { hasText: "switched off" }).waitFor()
        await page.getByLabel("URL", { exact: true }).fill("https://10.0.0.1/")
        await page.getByRole("button", { name: "Add", exact: true }).click()
        await page.locator("#webhooks-problem", { hasText: "Nothing is sent there" }).waitFor()
        await row.getByRole("button", { name: "Remove" }).click()
        await row.getByRole("button", { name: "Really remove it?" }).click()
        await page.locator("#webhooks-empty").waitFor()
        // What was refused is an answer that the browser notes by itself.
        expect(complaints.filter((text) => !text.includes("Failed to load resource"))).toEqual([])
        await context.close()
      })
    })
  )

  test.effect("asks the read models, shows and saves what they answer, and gives up when it is told to", () =>
    Effect.gen(function* () {
      const setting = yield* Stage
      yield* Effect.promise(async () => {
        const { complaints, context, page } = await opened(setting)
        await view(page, "Query")
        await page.getByRole("button", { name: "Tables" }).click()
        await page.locator("#console-rows", { hasText: "verdicts" }).waitFor()
        await page
          .getByLabel("Query", { exact: true })
          .fill("select ? as one, '<b>x</b>' as two, null as three")
        await page.getByLabel("Values for ?").fill("42")
        await page.getByRole("button", { name: "Ask", exact: true }).click()
        await page.locator("#console-head", { hasText: "onetwothree" }).waitFor()
        expect(await page.locator("#console-rows td").allTextContents()).toEqual(["42", "<b>x</b>", "null"])
        await page.locator("#console-about", { hasText: "1 row in" }).waitFor()
        await shoot(page, "console")
        const saved = page.waitForEvent("download")
        await page.getByRole("button", { name: "Save as CSV" }).click()
        const file = await (await saved).path()
        expect(readFileSync(file, "utf8")).toBe("one,two,three\r\n42,<b>x</b>,\r\n")

        await page.getByLabel("Values for ?").fill("")
        await page.getByLabel("Query", { exact: true }).fill("delete from verdicts")
        await page.keyboard.press("Control+Enter")
        await page.locator("#console-problem", { hasText: "select" }).waitFor()
        const endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) from n"
        await page.getByLabel("Query", { exact: true }).fill(endless)
        // It may be over by itself before anybody gets to the button: then it is asked again.
        const cancelled = async () => {
          await page.getByRole("button", { name: "Ask", exact: true }).click()
          await page
            .getByRole("button", { name: "Cancel" })
            .click({ timeout: 5_000 })
            .catch(() => undefined)
          return (await page.locator("#console-problem").textContent()) ?? ""
        }
        await eventually(cancelled, (text) => text.includes("Cancelled"))
        await page.getByLabel("Asked before").selectOption({ index: 1 })
        expect(await page.getByLabel("Query", { exact: true }).inputValue()).toContain("as three")
        expect(complaints.filter((text) => !text.includes("Failed to load resource"))).toEqual([])
        await context.close()
      })
    })
  )

  test.effect("says to a viewer that neither is for them, and fits a phone", () =>
    Effect.gen(function* () {
      const setting = yield* Stage
      const key = yield* setting.it.keyOf("viewer")
      yield* Effect.promise(async () => {
        const context = await setting.browser.newContext({ viewport: { width: 390, height: 844 } })
        const page = await context.newPage()
        await page.goto(`${setting.it.url}/#key=${key}`)
        await page.locator("#page").waitFor()
        for (const [name, id] of [
          ["Query", "console"],
          ["Webhooks", "webhooks"]
        ] as const) {
          await view(page, name)
          if (id === "console") {
            await page.getByLabel("Query", { exact: true }).fill("select 1")
            await page.getByRole("button", { name: "Ask", exact: true }).click()
          }
          await page.locator(`#${id}-problem`, { hasText: "the role operator" }).waitFor()
          expect(
            await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
          ).toBe(0)
          await shoot(page, `${id}-phone`)
        }
        await context.close()
      })
    })
  )
})
