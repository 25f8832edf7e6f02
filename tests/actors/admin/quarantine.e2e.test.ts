/** What a restore left open, in a real browser, on the whole system. */
import { expect, layer } from "@effect/vitest"
import { Context, Effect, Schema } from "effect"
import { SendMessage } from "../../../contracts/commands.ts"
import { ChatId } from "../../../contracts/ids.ts"
import { BackupRestored } from "../../../contracts/quarantine.ts"
import { CommandBus } from "../../../infra/command-bus/command-bus.ts"
import { EventLog } from "../../../infra/event-log/event-log.ts"
import { opened, shoot, Stage, stage } from "./browser.ts"
import { call, eventually } from "./whole.ts"

const Posted = Schema.Struct({ chat: ChatId })
const Listed = Schema.Struct({ restored: Schema.NullOr(Schema.Unknown) })
const hour = 3_600_000

layer(stage, { timeout: "90 seconds", excludeTestServices: true })("what a restore left open", (test) => {
  test.effect(
    "is said on every view with the decisions about it, and is gone once all of it is decided",
    () =>
      Effect.gen(function* () {
        const setting = yield* Stage
        const { context: services, firstKey, url } = setting.it
        const bus = Context.get(services, CommandBus)
        const log = Context.get(services, EventLog)
        const posted = yield* Effect.promise(() =>
          call(`${url}/v1/sandbox/messages`, firstKey!.text, {
            method: "POST",
            body: JSON.stringify({ author: "Bea", text: "hello" })
          })
        )
        const { chat } = posted.as(Posted)
        const outboxes: Array<string> = []
        for (const request of ["one", "two", "three"]) {
          const words = { text: `hello ${request}`, priority: "bulk", by: "operator" } as const
          const { outbox } = yield* bus.request(SendMessage, {
            chat,
            request,
            ...words,
            notBefore: Date.now() + hour
          })
          outboxes.push(outbox)
        }
        const upTo = yield* log.last
        const restored = BackupRestored({ from: "0123456789ab", upTo, place: "disk", at: Date.now() })
        yield* log.append([{ id: "restored", fact: restored }], { actor: "backup" })
        yield* Effect.promise(() =>
          eventually(
            () => call(`${url}/v1/quarantine`, firstKey!.text),
            (it) => it.as(Listed).restored !== null
          )
        )
        yield* Effect.promise(async () => {
          const { complaints, context, page } = await opened(setting)
          const held = page.locator("#quarantine li")
          await held.nth(2).waitFor()
          const about = page.locator("#quarantine-about")
          expect(await about.textContent()).toContain(`Restored from disk up to event ${upTo}`)
          expect(await about.textContent()).toContain("3 messages")
          await shoot(page, "quarantine")
          await page.getByRole("button", { name: "Backups" }).click()
          await held.first().waitFor()
          const row = (outbox: string) => page.locator(`#quarantine li[data-outbox="${outbox}"]`)
          await row(outboxes[0]!).getByRole("button", { name: "Drop" }).click()
          await row(outboxes[0]!).waitFor({ state: "detached" })
          expect(await held.count()).toBe(2)
          await page.getByRole("button", { name: "Drop all of it" }).click()
          await page.locator("#quarantine").waitFor({ state: "hidden" })
          const after = await call(`${url}/v1/quarantine`, firstKey!.text)
          expect(after.as(Schema.Struct({ restored: Schema.Null, messages: Schema.Tuple([]) }))).toBeDefined()
          expect(complaints).toEqual([])
          await context.close()
        })
      })
  )
})
