/** The page in a real browser, on the whole system. */
import { expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { opened, reboundName, shoot, Stage, stage } from "./browser.ts"
import { cuttable } from "./cuttable.ts"

layer(stage, { timeout: "90 seconds", excludeTestServices: true })("the page", (test) => {
  test.effect("takes the key out of the address bar, and shows a verdict on a link in chat and feed", () =>
    Effect.gen(function* () {
      const setting = yield* Stage
      yield* Effect.promise(async () => {
        const { complaints, context, page } = await opened(setting)
        expect(page.url()).toBe(`${setting.it.url}/`)
        await page.locator("#connection[data-state=live]").waitFor()

        await page.getByLabel("Message", { exact: true }).fill("Is this real? http://paypa1-login.com/verify")
        await page.keyboard.press("Enter")
        const own = page.locator(".bubble.own").filter({ hasText: "Is this real?" })
        await own.locator(".badge[data-level=malicious]").waitFor()
        const reply = page.locator(".bubble.wadjet").filter({ hasText: "paypa1-login[.]com" })
        await reply.waitFor()
        expect(await reply.locator(".quoted").textContent()).toContain("Is this real?")
        await page.locator("#events .name", { hasText: "verdict.decided" }).first().waitFor()
        await page.locator("#events .name", { hasText: "outbox.sent" }).first().waitFor()
        await page.locator("[data-counter=malicious] dd", { hasText: "1" }).waitFor()

        expect(await page.locator("#page a").count()).toBe(0)
        expect(complaints).toEqual([])
        await shoot(page, "verdict")
        await own.locator(".badge[data-level=malicious]").click()
        await page.locator("#why[open] table").waitFor()
        await shoot(page, "why")
        await context.close()
      })
    })
  )

  test.effect("posts an example with one click, filters the feed, and shows where an event came from", () =>
    Effect.gen(function* () {
      const setting = yield* Stage
      yield* Effect.promise(async () => {
        const { complaints, context, page } = await opened(setting, { colorScheme: "dark" })
        await page.getByRole("button", { name: "example[.]com" }).click()
        await page.locator(".badge[data-level=benign]").first().waitFor()
        await page.getByRole("button", { name: "аpple[.]com" }).click()
        await page.locator(".bubble.wadjet").filter({ hasText: "xn--" }).first().waitFor()
        await page.locator("#filters").getByRole("button", { name: "outbox" }).click()
        await page.locator("#events [data-context=outbox]").first().waitFor({ state: "hidden" })
        const scan = page.locator("#events [data-context=scan]").first()
        await scan.locator("summary").click()
        await scan.locator(".provenance", { hasText: "correlation" }).waitFor()
        await shoot(page, "dark")
        await scan.getByRole("button", { name: "Show only this chain" }).click()
        await page.locator("#events [data-context=account]").first().waitFor({ state: "hidden" })
        expect(complaints).toEqual([])
        await context.close()
      })
    })
  )

  test.effect("goes on by itself where the connection was lost, with every event once", () =>
    Effect.gen(function* () {
      const setting = yield* Stage
      const way = yield* cuttable(setting.it.url)
      yield* Effect.promise(async () => {
        const context = await setting.browser.newContext()
        const page = await context.newPage()
        await page.goto(`${way.url}/#key=${setting.it.firstKey!.text}`)
        await page.locator("#connection[data-state=live]").waitFor()
        way.open(false)
        way.cut()
        await page.locator("#connection[data-state=trying]").waitFor()
        way.open(true)
        await page.locator("#connection[data-state=live]").waitFor()
        await page.getByLabel("Message", { exact: true }).fill("again http://paypa1-login.com/other")
        await page.keyboard.press("Enter")
        await page.locator("#events .name", { hasText: "message.received" }).first().waitFor()
        await page.locator(".bubble.wadjet").filter({ hasText: "paypa1-login[.]com" }).first().waitFor()
        const sequences = (await page.locator("#events .sequence").allTextContents()).map((text) =>
          Number(text.slice(1))
        )
        expect(new Set(sequences).size).toBe(sequences.length)
        expect(sequences).toEqual(sequences.toSorted((a, b) => b - a))
        await context.close()
      })
    })
  )

  test.effect("is not shown to a page of another name whose address was turned to this machine's", () =>
    Effect.gen(function* () {
      const setting = yield* Stage
      yield* Effect.promise(async () => {
        const context = await setting.browser.newContext()
        const page = await context.newPage()
        const { origin, port } = new URL(setting.it.url)
        const key = setting.it.firstKey!.text
        const foreign = `http://${reboundName}:${port}`
        expect((await page.goto(`${foreign}/`))?.status()).toBe(421)
        // To the browser it is one origin: what is asked from there has no other sign of where it comes from.
        const answers = await page.evaluate(async (authorization) => {
          const asked = async (path: string, init: RequestInit) => {
            const answer = await fetch(path, init)
            return [answer.status, (await answer.text()).includes("misdirected")]
          }
          const headers = { authorization, "content-type": "application/json" }
          return [
            await asked("/v1/overview", { headers }),
            await asked("/v1/sign-in", { method: "POST", headers, body: "{}" }),
            await asked("/main.js", {})
          ]
        }, `Bearer ${key}`)
        expect(answers).toEqual([
          [421, true],
          [421, true],
          [421, true]
        ])
        expect((await page.goto(`${origin}/`))?.status()).toBe(200)
        await context.close()
      })
    })
  )

  test.effect("asks for a key where there is none, and does not take a wrong one", () =>
    Effect.gen(function* () {
      const setting = yield* Stage
      yield* Effect.promise(async () => {
        const context = await setting.browser.newContext()
        const page = await context.newPage()
        await page.goto(setting.it.url)
        await page.getByText("Use a key instead").click()
        await page.getByLabel("Key").fill("wadjet_wrong")
        await page.getByRole("button", { name: "Open" }).click()
        await page.locator("#login-problem", { hasText: "not accepted" }).waitFor()
        await shoot(page, "login")
        await page.getByLabel("Key").fill(setting.it.firstKey!.text)
        await page.getByRole("button", { name: "Open" }).click()
        await page.locator("#page").waitFor()
        await context.close()
      })
    })
  )

  test.effect(
    "shows a viewer that something was said, and not what, and says why it cannot be answered",
    () =>
      Effect.gen(function* () {
        const setting = yield* Stage
        const key = yield* setting.it.keyOf("viewer")
        yield* Effect.promise(async () => {
          const context = await setting.browser.newContext()
          const page = await context.newPage()
          await page.goto(`${setting.it.url}/#key=${key}`)
          await page.locator(".bubble .gone", { hasText: "may not be shown" }).first().waitFor()
          await page.locator("#events .name", { hasText: "message.received" }).first().waitFor()
          expect(await page.locator("body").textContent()).not.toContain("Is this real?")
          await page.getByRole("button", { name: "example[.]com" }).click()
          await page.locator("#composer-problem", { hasText: "the role operator" }).waitFor()
          await context.close()
        })
      })
  )

  test.effect("fits a phone", () =>
    Effect.gen(function* () {
      const setting = yield* Stage
      yield* Effect.promise(async () => {
        const { context, page } = await opened(setting, { viewport: { width: 390, height: 844 } })
        await page.locator(".bubble").first().waitFor()
        const overflow = await page.evaluate(
          "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        expect(overflow).toBe(0)
        await shoot(page, "phone")
        await context.close()
      })
    })
  )
})
