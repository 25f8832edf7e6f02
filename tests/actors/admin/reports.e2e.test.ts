/** What members report, in a real browser, on the whole system. */
import { expect, layer } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { OutboxId, whatsAppIdOf } from "../../../contracts/ids.ts"
import { opened, Stage, stage } from "./browser.ts"
import { call } from "./whole.ts"

const Timeline = Schema.Struct({
  items: Schema.Array(Schema.Struct({ id: Schema.String, from: Schema.String }))
})

layer(stage, { timeout: "90 seconds", excludeTestServices: true })("what members report", (test) => {
  test.effect("waits on the page, and is settled there: the warning is corrected", () =>
    Effect.gen(function* () {
      const setting = yield* Stage
      yield* Effect.promise(async () => {
        const { complaints, context, page } = await opened(setting)
        const { firstKey, url } = setting.it
        const say = (text: string, more: object = {}) =>
          call(`${url}/v1/sandbox/messages`, firstKey!.text, {
            method: "POST",
            body: JSON.stringify({ author: "Bea", text, ...more })
          })
        await page.locator("#connection[data-state=live]").waitFor()
        await say("Is this real? http://paypa1-login.com/verify")
        await page.locator(".bubble.wadjet").filter({ hasText: "paypa1-login[.]com" }).waitFor()
        const timeline = await call(`${url}/v1/sandbox/messages`, firstKey!.text)
        const warning = timeline.as(Timeline).items.find(({ from }) => from === "wadjet")!
        await say("!wadjet report", { answers: whatsAppIdOf(OutboxId.make(warning.id)) })
        const report = page.locator("#reports li").filter({ hasText: "paypa1-login[.]com" })
        await report.waitFor()
        await report.getByRole("button", { name: "It was wrong" }).click()
        await page.locator("#reports").waitFor({ state: "hidden" })
        await page.locator(".bubble.wadjet").filter({ hasText: "no longer held to be dangerous" }).waitFor()
        expect(complaints).toEqual([])
        await context.close()
      })
    })
  )
})
