/** The page in a real browser where something goes wrong. */
import { expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import type { Page } from "playwright-core"
import { opened, Stage, stage } from "./browser.ts"

const post = async (page: Page, text: string) => {
  await page.getByLabel("Message", { exact: true }).fill(text)
  await page.keyboard.press("Enter")
}

const behind = {
  status: 503,
  contentType: "application/problem+json",
  body: '{"detail":"Not that far yet."}'
}

layer(stage, { timeout: "90 seconds", excludeTestServices: true })("the page", (test) => {
  test.effect("asks again for what got no answer, though nothing more happens", () =>
    Effect.gen(function* () {
      const setting = yield* Stage
      yield* Effect.promise(async () => {
        const { context, page } = await opened(setting)
        await page.locator("#connection[data-state=live]").waitFor()
        let refused = 0
        await page.route("**/v1/overview?after=*", (route) => {
          if (refused >= 3) return route.continue()
          refused += 1
          return route.fulfill(behind)
        })
        await post(page, "http://paypa1-login.com/again")
        await page.locator("[data-counter=malicious] dd", { hasText: "1" }).waitFor()
        expect(refused).toBe(3)
        await context.close()
      })
    })
  )

  test.effect("says so where it cannot be said why a link is held to be dangerous", () =>
    Effect.gen(function* () {
      const setting = yield* Stage
      yield* Effect.promise(async () => {
        const { complaints, context, page } = await opened(setting)
        await page.route("**/v1/verdicts/*/explain", (route) => route.fulfill(behind))
        await page.locator(".badge[data-level=malicious]").first().click()
        await page.locator("#why[open] .problem", { hasText: "Not that far yet." }).waitFor()
        await page.locator("#why").getByRole("button", { name: "Close" }).click()
        await page.locator("#why[open]").waitFor({ state: "detached" })
        // What the browser itself says of a status of 503 is no fault of the page.
        expect(complaints.filter((text) => !text.includes("503"))).toEqual([])
        await context.close()
      })
    })
  )

  test.effect("shows every event once, however often its link is opened in the same tab", () =>
    Effect.gen(function* () {
      const setting = yield* Stage
      yield* Effect.promise(async () => {
        const { context, page } = await opened(setting)
        await page.locator("#connection[data-state=live]").waitFor()
        const streams = new Set<unknown>()
        page.on("request", (request) => request.url().includes("/v1/events") && streams.add(request))
        page.on("requestfailed", (request) => streams.delete(request))
        const key = setting.it.firstKey!.text
        for (let times = 0; times < 3; times++) await page.evaluate(`location.hash = "#key=${key}"`)
        await page.locator("#connection[data-state=live]").waitFor()
        await post(page, "http://paypa1-login.com/once")
        await page.locator(".bubble.own", { hasText: "/once" }).locator(".badge[data-level]").waitFor()
        await page.locator(".bubble.wadjet").filter({ hasText: "once" }).first().waitFor()
        const sequences = await page.locator("#events .sequence").allTextContents()
        expect(new Set(sequences).size).toBe(sequences.length)
        expect(streams.size).toBe(1)
        await context.close()
      })
    })
  )

  test.effect("goes on behind an event that it cannot show", () =>
    Effect.gen(function* () {
      const setting = yield* Stage
      yield* Effect.promise(async () => {
        const context = await setting.browser.newContext()
        const page = await context.newPage()
        const frame = (sequence: number, data: object) =>
          `id: g-${sequence}\ndata: ${JSON.stringify({ sequence, context: "scan", time: 0, ...data })}\n\n`
        await page.route("**/v1/events*", (route) =>
          route.fulfill({
            contentType: "text/event-stream",
            body:
              route.request().headers()["last-event-id"] === undefined
                ? frame(1, { type: "scan.completed", data: null })
                : frame(2, { type: "scan.strange", data: {} })
          })
        )
        await page.goto(setting.it.url)
        await page.getByText("Use a key instead").click()
        await page.getByLabel("Key").fill(setting.it.firstKey!.text)
        await page.getByRole("button", { name: "Open" }).click()
        await page.locator("#events .name", { hasText: "scan.strange" }).first().waitFor()
        await context.close()
      })
    })
  )
})
