/** Jobs and contacts on the page, in a real browser on the whole system. */
import { expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import type { Page } from "playwright-core"
import { opened, type Setting, shoot, Stage, stage } from "./browser.ts"
import { call } from "./whole.ts"

const view = (page: Page, name: string) =>
  page.getByRole("navigation", { name: "Views" }).getByRole("button", { name }).click()

const post = ({ it }: Setting, path: string, body: object) =>
  call(`${it.url}${path}`, it.firstKey!.text, { method: "POST", body: JSON.stringify(body) })

/** Holds back the first question of a kind until it is told to let it be answered. */
const holdingBack = async (page: Page, question: RegExp) => {
  const { promise: held, resolve: answered } = Promise.withResolvers<void>()
  const asked = page.waitForRequest(question)
  await page.route(question, async (route) => {
    await held
    await route.continue().catch(() => {})
  })
  return { answered, asked }
}

const people = "name,number,tags\nAda,+491700000000,family\nNobody,12,\nBob,0170 0000001,\n"

layer(stage, { timeout: "90 seconds", excludeTestServices: true })("the page", (test) => {
  test.effect("takes contacts from a file, adds one, tags, opts out and removes them", () =>
    Effect.gen(function* () {
      const setting = yield* Stage
      yield* Effect.promise(async () => {
        const { complaints, context, page } = await opened(setting)
        await view(page, "Contacts")
        const rows = page.locator("#contacts-rows tr")
        await page.locator("#contacts-empty").waitFor()
        await page.getByLabel("Country of numbers without one").fill("DE")
        await page
          .getByLabel("Import a CSV or vCard file")
          .setInputFiles({ name: "people.csv", mimeType: "text/csv", buffer: Buffer.from(people) })
        await page.locator("#contacts-imported", { hasText: "2 added" }).waitFor()
        await page.locator("#contacts-imported", { hasText: "Line 3: Nobody" }).waitFor()
        await rows.filter({ hasText: "+491700000001" }).waitFor()
        await page.getByLabel("Who it is").fill("Cem")
        await page.getByLabel("Their number").fill("+49 170 0000002")
        await page.getByRole("button", { name: "Add", exact: true }).click()
        await rows.filter({ hasText: "Cem" }).waitFor()
        await page.getByRole("button", { name: "Opt out: Cem" }).click()
        await page.getByRole("button", { name: "Opt in: Cem" }).waitFor()
        const { answered, asked } = await holdingBack(page, /\/v1\/contacts\?(?!.*text=).*after=/)
        await page.getByLabel("Tags of Bob").fill("family, work")
        await page.getByLabel("Tags of Bob").press("Enter")
        await asked
        // What is looked for is looked for in the list with the tags, though the page has not been told of them yet.
        const looked = page.waitForRequest(/\/v1\/contacts\?.*text=work/)
        await page.getByLabel("Find").fill("work")
        expect(new URL((await looked).url()).searchParams.get("after")).toMatch(/^\d+$/)
        answered()
        await rows.filter({ hasText: "Ada" }).waitFor({ state: "hidden" })
        await rows.filter({ hasText: "Bob" }).waitFor()
        expect(await rows.count()).toBe(1)
        await page.getByLabel("Find").fill("")
        await page.getByRole("button", { name: "Remove: Cem" }).click()
        await rows.filter({ hasText: "Cem" }).waitFor({ state: "hidden" })
        await shoot(page, "contacts")
        expect(complaints).toEqual([])
        await context.close()
      })
    })
  )

  test.effect(
    "makes a job with what is odd about its times, fires, pauses, skips, copies and cancels it",
    () =>
      Effect.gen(function* () {
        const setting = yield* Stage
        yield* Effect.promise(async () => {
          await post(setting, "/v1/sandbox/messages", { text: "hello" })
          const { complaints, context, page } = await opened(setting)
          await view(page, "Schedule")
          await page.locator("#jobs-empty").waitFor()
          await page.getByLabel("Title").fill("Sunday")
          await page.locator("#job-parts textarea").fill("Good morning {{contact.name|all}}")
          await page.getByLabel("A chat or contact").selectOption({ label: "Sandbox" })
          await page.getByLabel("Local time").fill("2099-03-28T02:30:00")
          await page.getByLabel("Time zone").fill("Europe/Berlin")
          await page.getByLabel("Repeats").selectOption("FREQ=DAILY")
          await page.getByRole("button", { name: "Preview" }).click()
          await page.locator("#job-preview li").nth(1).getByText("does not exist").waitFor()
          // By the keyboard alone: a form is sent from any of its fields.
          await page.getByLabel("Title").press("Enter")
          const row = page.locator("#jobs-rows tr").filter({ hasText: "Sunday" })
          await row.filter({ hasText: "active" }).waitFor()
          await page.locator("#job-next li").nth(1).getByText("does not exist").waitFor()

          await page.getByRole("button", { name: "Fire now: Sunday" }).click()
          await page.locator("#jobs-said", { hasText: "fires: 1 message, 3EB0" }).waitFor()
          await page.locator("#job-past li", { hasText: "1 of 1 sent" }).waitFor()
          await page.locator("#job-past").getByRole("button", { name: "Recipients" }).click()
          await page.locator("#job-past li li", { hasText: "Sandbox, part 1: sent" }).waitFor()
          await shoot(page, "schedule")
          await page.getByRole("button", { name: "Skip next: Sunday" }).click()
          await page.locator("#jobs-said", { hasText: "leaves out" }).waitFor()
          await page.locator("#job-next li").first().getByText("2099-03-29").waitFor()
          await page.getByRole("button", { name: "Pause: Sunday" }).click()
          await row.filter({ hasText: "paused" }).waitFor()
          await page.getByRole("button", { name: "Resume: Sunday" }).click()
          await row.filter({ hasText: "active" }).waitFor()

          await page.getByRole("button", { name: "Copy: Sunday" }).click()
          await page.getByLabel("Title").fill("Monday")
          await page.getByLabel("Repeats").selectOption("other")
          await page.getByLabel("RRULE or cron").fill("FREQ=NEVER")
          await page.getByRole("button", { name: "Make the job" }).click()
          await page.locator("#job-problem", { hasText: "NEVER" }).waitFor()
          await page.getByLabel("RRULE or cron").fill("FREQ=WEEKLY;BYDAY=MO")
          await page.getByRole("button", { name: "Make the job" }).click()
          await page.locator("#jobs-rows tr").filter({ hasText: "Monday" }).waitFor()
          await page.locator("#job-words", { hasText: "Good morning {{contact.name|all}}" }).waitFor()
          await page.getByRole("button", { name: "Cancel: Sunday" }).click()
          await page
            .locator("#jobs-said", { hasText: "Sunday: cancelled; nothing of it was under way." })
            .waitFor()
          await row.filter({ hasText: "cancelled" }).waitFor()
          // The server answered 400 to the rule that is none; nothing else went wrong.
          expect(complaints.filter((it) => !it.includes("400"))).toEqual([])
          await context.close()
        })
      })
  )

  test.effect("of whoever may not read names still shows jobs, and says why there are no contacts", () =>
    Effect.gen(function* () {
      const setting = yield* Stage
      const key = yield* setting.it.keyOf("viewer")
      yield* Effect.promise(async () => {
        const context = await setting.browser.newContext()
        const page = await context.newPage()
        await page.goto(`${setting.it.url}/#key=${key}`)
        await page.locator("#page").waitFor()
        await view(page, "Contacts")
        await page.locator("#contacts-problem", { hasText: "operator" }).waitFor()
        await view(page, "Schedule")
        await page.locator("#jobs-rows tr").first().waitFor()
        expect(await page.locator("#jobs-problem").isHidden()).toBe(true)
        await context.close()
      })
    })
  )
})
