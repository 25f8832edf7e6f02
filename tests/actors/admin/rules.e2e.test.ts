/** Settings, consent and overrides on the page, in a real browser on the whole system. */
import { expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import type { Page } from "playwright-core"
import { opened, type Setting, shoot, Stage, stage } from "./browser.ts"
import { call } from "./whole.ts"

const view = (page: Page, name: string) =>
  page.getByRole("navigation", { name: "Views" }).getByRole("button", { name }).click()

const post = ({ it }: Setting, path: string, body: object) =>
  call(`${it.url}${path}`, it.firstKey!.text, { method: "POST", body: JSON.stringify(body) })

layer(stage, { timeout: "90 seconds", excludeTestServices: true })("the page", (test) => {
  test.effect("shows each setting with its source, changes it, and says exactly what it did not take", () =>
    Effect.gen(function* () {
      const setting = yield* Stage
      yield* Effect.promise(async () => {
        await post(setting, "/v1/sandbox/messages", { text: "hello" })
        const { complaints, context, page } = await opened(setting)
        await view(page, "Chats")
        const row = (name: string) => page.locator(`#settings-list [data-setting=${name}]`)
        const source = (name: string, is: string) => row(name).locator(".source", { hasText: is }).waitFor()
        await source("quiet-hours", "built in")
        const quiet = page.getByLabel("quiet-hours", { exact: true })
        await quiet.fill("22-7")
        await row("quiet-hours").getByRole("button", { name: "Set quiet-hours" }).click()
        await source("quiet-hours", "all chats")
        expect(await quiet.inputValue()).toBe("22:00-07:00")

        await page.getByLabel("Chat", { exact: true }).selectOption({ label: "Sandbox" })
        await row("language").getByRole("textbox").fill("ar")
        await row("language").getByRole("button", { name: "Set language" }).click()
        await source("language", "this chat")
        await source("quiet-hours", "all chats")
        await row("cooldown-minutes").getByRole("textbox").fill("never")
        await row("cooldown-minutes").getByRole("button", { name: "Set cooldown-minutes" }).click()
        await row("cooldown-minutes")
          .locator(".problem", {
            hasText: 'cooldown-minutes: expected a whole number of minutes from 0 to 1440, found "never"'
          })
          .waitFor()
        await shoot(page, "chat-rules")
        await row("language").getByRole("button", { name: "Unset language" }).click()
        await source("language", "built in")
        // The server answered 400 to what it did not take; nothing else went wrong.
        expect(complaints.filter((it) => !it.includes("400"))).toEqual([])
        await context.close()
      })
    })
  )

  test.effect("mutes a chat, takes its consent back and gives it again, and is told what others do", () =>
    Effect.gen(function* () {
      const setting = yield* Stage
      yield* Effect.promise(async () => {
        const { complaints, context, page } = await opened(setting)
        await view(page, "Chats")
        await page.getByLabel("Chat", { exact: true }).selectOption({ label: "Sandbox" })
        await page.getByRole("button", { name: "Mute for an hour" }).click()
        await page.locator("#mute-state", { hasText: "Muted until" }).waitFor()
        await page.getByRole("button", { name: "Unmute" }).click()
        await page.locator("#mute-state", { hasText: "Not muted" }).waitFor()
        const consent = page.locator("#consent-state")
        await consent.getByRole("button", { name: "Withdraw consent" }).click()
        await consent.getByText("What is said here is not read.").waitFor()
        await consent.getByRole("button", { name: "Give consent" }).click()
        await consent.getByText("What is said here is read.").waitFor()
        // Somebody opts out in the chat itself.
        await post(setting, "/v1/sandbox/messages", { author: "Bea", text: "!wadjet optout" })
        await consent.locator(".opt-outs li", { hasText: "opted out" }).waitFor()
        await consent.getByRole("button", { name: "Read again" }).click()
        await consent.locator(".opt-outs li").waitFor({ state: "hidden" })
        expect(complaints).toEqual([])
        await context.close()
      })
    })
  )

  test.effect("sets, searches, removes, imports and exports what is allowed or denied", () =>
    Effect.gen(function* () {
      const setting = yield* Stage
      yield* Effect.promise(async () => {
        const { complaints, context, page } = await opened(setting)
        await view(page, "Allowed, denied")
        const rows = page.locator("#overrides-rows tr")
        await page.locator("#overrides-empty").waitFor()
        await page.getByLabel("Pattern").fill("not a domain")
        await page.getByRole("button", { name: "Set", exact: true }).click()
        await page
          .locator("#override-problem", {
            hasText: 'expected a domain, such as example.com, found "not a domain"'
          })
          .waitFor()
        await page.getByLabel("Pattern").fill("sales.example")
        await page.getByLabel("Where").selectOption({ label: "Sandbox" })
        await page.getByLabel("Until (your time").fill("2099-01-31T22:00:05")
        await page.getByLabel("Reason").fill("spam")
        await page.getByRole("button", { name: "Set", exact: true }).click()
        const set = rows.filter({ hasText: "sales[.]example" })
        await set.filter({ hasText: "Sandbox" }).filter({ hasText: "spam" }).waitFor()
        const { expiresAt } = JSON.parse(
          (await call(`${setting.it.url}/v1/overrides`, setting.it.firstKey!.text)).text
        ).items[0] as { readonly expiresAt: number }
        expect(new Date(expiresAt).getUTCSeconds()).toBe(5)

        await page.locator("#overrides-file").setInputFiles({
          name: "hosts.txt",
          mimeType: "text/plain",
          buffer: Buffer.from("0.0.0.0 bad.example\n0.0.0.0 worse.example\n")
        })
        await page.locator("#overrides-imported", { hasText: "2 set, 0 there already." }).waitFor()
        await rows.nth(2).waitFor()
        await page.getByLabel("Search").fill("worse")
        await rows.filter({ hasText: "sales" }).waitFor({ state: "hidden" })
        expect(await rows.count()).toBe(1)
        await page.getByRole("button", { name: "Remove worse[.]example" }).click()
        await page.locator("#overrides-empty").waitFor()
        await page.getByLabel("Ended ones, too").check()
        await rows.filter({ hasText: "removed" }).waitFor()
        await page.getByLabel("Search").fill("")
        await rows.filter({ hasText: "sales" }).waitFor()
        await shoot(page, "overrides")
        const [download] = await Promise.all([
          page.waitForEvent("download"),
          page.getByRole("button", { name: "Export denied hosts" }).click()
        ])
        expect(download.suggestedFilename()).toBe("denied-hosts.txt")
        expect(await page.locator("#overrides a").count()).toBe(0)
        expect(complaints.filter((it) => !it.includes("400"))).toEqual([])
        await context.close()
      })
    })
  )

  test.effect("fits a phone, and goes back to what happens", () =>
    Effect.gen(function* () {
      const setting = yield* Stage
      yield* Effect.promise(async () => {
        const { context, page } = await opened(setting, { viewport: { width: 390, height: 844 } })
        for (const [name, shot] of [
          ["Chats", "chat-rules-phone"],
          ["Allowed, denied", "overrides-phone"]
        ] as const) {
          await view(page, name)
          await page.locator(".rules:not([hidden]) .card").first().waitFor()
          const overflow = await page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
          )
          expect([name, overflow]).toEqual([name, 0])
          await shoot(page, shot)
        }
        await view(page, "Live")
        await page.locator("#timeline .bubble").first().waitFor()
        expect(await page.locator("#filters").getByRole("button", { name: "session" }).count()).toBe(1)
        await context.close()
      })
    })
  )
})
