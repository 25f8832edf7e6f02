/** The description of the API as a browser shows it, to read and to try. */
import { expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { complaintsOf, shoot, Stage, stage } from "./browser.ts"

const patience = { timeout: 30_000 }

layer(stage, { timeout: "120 seconds", excludeTestServices: true })("the description of the API", (test) => {
  test.effect("is shown from this server alone, asks for a key, and tries a request with it", () =>
    Effect.gen(function* () {
      const { browser, it } = yield* Stage
      yield* Effect.promise(async () => {
        const context = await browser.newContext()
        const page = await context.newPage()
        const complaints = complaintsOf(page)
        const blockOf = (method: string, path: string) =>
          page.locator(`.opblock:has(.opblock-summary-${method}):has([data-path="${path}"])`)
        const elsewhere: Array<string> = []
        page.on("request", (request) => {
          if (!request.url().startsWith(it.url) && !request.url().startsWith("data:"))
            elsewhere.push(request.url())
        })
        await page.goto(`${it.url}/docs.html`)
        await page.getByLabel("A key").fill(it.firstKey!.text)
        await page.getByRole("button", { name: "Show" }).click()
        const open = (group: string) => page.locator(`[data-tag="${group}"]`).click(patience)
        await open("olderScanner")
        await blockOf("get", "/status").waitFor(patience)
        expect(await page.locator(".opblock-deprecated").count()).toBe(7)
        await open("overview")
        await blockOf("get", "/v1/overview").locator(".opblock-summary-control").click()
        await page.getByRole("button", { name: "Execute" }).click()
        const answer = page.locator(".live-responses-table .response .response-col_status").first()
        await answer.waitFor(patience)
        expect(await answer.textContent()).toContain("200")
        await shoot(page, "docs")
        expect(complaints).toEqual([])
        expect(elsewhere).toEqual([])
        await context.close()
      })
    })
  )
})
