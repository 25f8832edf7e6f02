/** What was found, and who did what: links, search and audit on the page, in a real browser on the whole system. */
import { expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import type { Page } from "playwright-core"
import { opened, type Setting, shoot, Stage, stage } from "./browser.ts"
import { Chats, Posted } from "./shapes.ts"
import { call } from "./whole.ts"

const view = (page: Page, name: string) =>
  page.getByRole("navigation", { name: "Views" }).getByRole("button", { name, exact: true }).click()

const asker = ({ it }: Setting) => ({
  post: (path: string, body: object) =>
    call(`${it.url}${path}`, it.firstKey!.text, { method: "POST", body: JSON.stringify(body) }),
  get: (path: string) => call(`${it.url}${path}`, it.firstKey!.text)
})

layer(stage, { timeout: "90 seconds", excludeTestServices: true })("the page", (test) => {
  test.effect("lists every link with what it is held to be and why, and finds it by its words", () =>
    Effect.gen(function* () {
      const setting = yield* Stage
      yield* Effect.promise(async () => {
        const { post } = asker(setting)
        for (const text of [
          "http://paypa1-login.com/konto",
          "http://example.com/",
          "again http://example.com/"
        ])
          await post("/v1/sandbox/messages", { text })
        const { complaints, context, page } = await opened(setting)
        await page.locator(".bubble.wadjet").filter({ hasText: "paypa1-login[.]com" }).waitFor()
        await view(page, "Links")
        const rows = page.locator("#links-rows tr")
        const dangerous = rows.filter({ hasText: "hxxp://paypa1-login[.]com/konto" })
        await dangerous.filter({ hasText: "malicious" }).waitFor()
        const twice = rows.filter({ hasText: "example[.]com/" }).filter({ hasNotText: "paypa1" })
        expect(await twice.locator("td").nth(3).textContent()).toBe("2")
        await shoot(page, "links")
        await dangerous.getByRole("button", { name: "Why" }).click()
        await page.locator("#why", { hasText: "Held to be malicious" }).waitFor()
        await page.locator("#why").getByRole("button", { name: "Close" }).click()
        await page.getByLabel("Level").selectOption("malicious")
        await twice.waitFor({ state: "hidden" })
        expect(await rows.count()).toBe(1)

        await view(page, "Search")
        await page.getByLabel("Words to look for").fill("konto")
        await page.getByRole("button", { name: "Search", exact: true }).last().click()
        const hit = page.locator("#search-list li[data-hit=link]")
        await hit.filter({ hasText: "paypa1-login[.]com" }).waitFor()
        expect(await hit.locator("mark").textContent()).toBe("konto")
        expect(await page.locator("#search-about").textContent()).toBe("1 found.")
        await page.locator("#statistics-hour tr").first().waitFor()
        await page.getByLabel("Words to look for").fill("nowhere")
        await page.getByLabel("Words to look for").press("Enter")
        await page.locator("#search-about", { hasText: "Nothing has these words." }).waitFor()
        // A system of two hundred thousand results more answers so.
        await page.route("**/v1/search?*", (route) =>
          route.fulfill({
            json: { hits: [], next: null, complete: true, linksSince: Date.UTC(2026, 0, 15, 12) }
          })
        )
        await page.getByLabel("Words to look for").fill("long ago")
        await page.getByLabel("Words to look for").press("Enter")
        await page.locator("#search-about", { hasText: "Links that were scanned before" }).waitFor()
        await shoot(page, "search")
        expect(complaints).toEqual([])
        await context.close()
      })
    })
  )

  test.effect("says who did what, by author, event and thing, and shows the event of each", () =>
    Effect.gen(function* () {
      const setting = yield* Stage
      yield* Effect.promise(async () => {
        const { get, post } = asker(setting)
        const said = (await post("/v1/sandbox/messages", { text: "hello" })).as(Posted)
        const { chat } = (await get(`/v1/chats?after=${said.sequence}`)).as(Chats).items[0]!
        await post(`/v1/chats/${chat}/mute`, { until: Date.now() + 3_600_000 })
        await post(`/v1/chats/${chat}/unmute`, {})
        const { complaints, context, page } = await opened(setting)
        await view(page, "Audit")
        const rows = page.locator("#audit-rows tr")
        const muted = rows.filter({ hasText: "policy.muted" })
        await muted.filter({ hasText: chat }).waitFor()
        await shoot(page, "audit")
        await muted.getByRole("button", { name: "show the event" }).click()
        const event = page.locator("#why")
        await event.filter({ hasText: "quiet until" }).waitFor()
        await event.locator("pre", { hasText: `"chat": "${chat}"` }).waitFor()
        await shoot(page, "audit-event")
        await event.getByRole("button", { name: "Close" }).click()
        await muted.getByRole("button", { name: "policy.muted: show only these" }).click()
        await rows.filter({ hasText: "policy.unmuted" }).waitFor({ state: "hidden" })
        expect(await rows.count()).toBe(1)
        await page.getByRole("button", { name: "Show all" }).click()
        await rows.filter({ hasText: "policy.unmuted" }).waitFor()
        await page.getByLabel("By", { exact: true }).fill("operator")
        await page.getByRole("button", { name: "Show", exact: true }).click()
        // The first key was made on this machine; the chat was muted with it.
        await muted.waitFor({ state: "hidden" })
        await rows.filter({ hasText: "account.key-issued" }).waitFor()
        await page.getByLabel("By", { exact: true }).fill("")
        await page.getByLabel("About", { exact: true }).fill(chat)
        await page.getByLabel("About", { exact: true }).press("Enter")
        await muted.waitFor()
        await page.getByLabel("Not before").fill("2099-01-01T00:00")
        await page.getByLabel("About", { exact: true }).press("Enter")
        await page.locator("#audit-empty").waitFor()
        expect(complaints).toEqual([])
        await context.close()
      })
    })
  )

  test.effect("of whoever may not read words lists links without them, and says who may see the audit", () =>
    Effect.gen(function* () {
      const setting = yield* Stage
      const key = yield* setting.it.keyOf("viewer")
      yield* Effect.promise(async () => {
        const context = await setting.browser.newContext()
        const page = await context.newPage()
        await page.goto(`${setting.it.url}/#key=${key}`)
        await page.locator("#page").waitFor()
        await view(page, "Links")
        await page.locator("#links-rows tr").filter({ hasText: "may not be shown" }).first().waitFor()
        expect(await page.locator("#links-rows").textContent()).not.toContain("paypa1")
        await view(page, "Audit")
        await page.locator("#audit-problem", { hasText: "operator" }).waitFor()
        await context.close()
      })
    })
  )
})
