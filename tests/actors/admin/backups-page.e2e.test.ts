/** Places for backups on the page, in a real browser on the whole system. */
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { expect, layer } from "@effect/vitest"
import { generateX25519Identity, identityToRecipient } from "age-encryption"
import { Effect } from "effect"
import type { Page } from "playwright-core"
import { copyingOf, directoryAddress } from "../backup/world.ts"
import { opened, type Setting, shoot, Stage, stageOf } from "./browser.ts"
import { call, ground, temporaryFolder, whole } from "./whole.ts"

const view = (page: Page, name: string) =>
  page.getByRole("navigation", { name: "Views" }).getByRole("button", { name }).click()

const post = ({ it }: Setting, path: string, body: object) =>
  call(`${it.url}${path}`, it.firstKey!.text, { method: "POST", body: JSON.stringify(body) })

/** Where the copies go, in this test alone. */
let disk = ""
/** What the check of the place comes to: proving it in full is a process of its own. */
let problems: ReadonlyArray<string> = []

const copied = Effect.gen(function* () {
  disk = join(yield* temporaryFolder, "disk")
  mkdirSync(disk)
  const identity = yield* Effect.promise(() => generateX25519Identity())
  const copying = copyingOf({
    places: [directoryAddress(disk)],
    recipients: [yield* Effect.promise(() => identityToRecipient(identity))],
    verify: () =>
      Effect.sync(() => ({ upTo: 3, opened: problems.length === 0, points: [], problems, seconds: 1.5 }))
  })
  return yield* whole(yield* ground, undefined, copying)
})

/** Flips a bit in the first segment of the copy. */
const damage = () => {
  const names = readdirSync(disk, { recursive: true, encoding: "utf8" })
  const path = join(
    disk,
    names.find((name) => name.endsWith(".wseg"))!
  )
  const bytes = readFileSync(path)
  bytes[bytes.length - 9]! ^= 4
  writeFileSync(path, bytes)
}

layer(stageOf(copied), { timeout: "90 seconds", excludeTestServices: true })("the page", (test) => {
  test.effect(
    "shows places for backups, what is wrong with them at a glance, and does what is asked",
    () =>
      Effect.gen(function* () {
        const setting = yield* Stage
        yield* Effect.promise(async () => {
          await post(setting, "/v1/sandbox/messages", { text: "see https://one.example/" })
          const { complaints, context, page } = await opened(setting)
          page.setDefaultTimeout(60_000)
          await view(page, "Backups")
          const verdict = page.locator("#backups-verdict")
          const row = page.locator('#backups-rows tr[data-place="disk"]')
          const button = (name: string) => row.getByRole("button", { name, exact: true })
          await row.getByText("holds everything up to").waitFor()
          await row.getByText(disk).waitFor()

          await button("Make a point").click()
          await row.getByText(/^[1-9]\d*, the newest/).waitFor()
          // A place that has a point is checked and scrubbed by itself, once.
          await row.getByText("restored in 1.5 s").waitFor()
          await row.getByText("never").waitFor({ state: "hidden" })
          await page.locator('#backups-verdict[data-state="good"]').waitFor()
          await button("What is kept").click()
          const kept = page.locator("#backups-points")
          await kept.getByText("By hourly=-1 zone=UTC:").waitFor()
          await kept.locator("li").first().filter({ hasText: "hourly" }).waitFor()
          await shoot(page, "backups-good")

          damage()
          await button("Scrub").click()
          await page.locator("#backups-asked", { hasText: "disk was asked to scrub" }).waitFor()
          await row.getByText(/events from 1 on .*expected a body with the digest/).waitFor()
          await page.locator('#backups-verdict[data-state="wrong"]', { hasText: "Look at disk" }).waitFor()
          // The scrub has stored it again: the next one finds nothing.
          await button("Scrub").click()
          await page.locator('#backups-verdict[data-state="good"]').waitFor()

          problems = ["keyring: expected one, found none"]
          await button("Check").click()
          await row.getByText("keyring: expected one, found none").waitFor()
          await shoot(page, "backups-wrong")
          problems = []
          await button("Check").click()
          await page.locator('#backups-verdict[data-state="good"]').waitFor()

          renameSync(disk, `${disk}-away`)
          await post(setting, "/v1/sandbox/messages", { text: "see https://two.example/" })
          await verdict.getByText(/it is failing: .*is the disk mounted\?/).waitFor()
          await row.getByText(/^lacks the last \d+ s$/).waitFor()
          await shoot(page, "backups-failing")
          renameSync(`${disk}-away`, disk)
          await page.locator('#backups-verdict[data-state="good"]').waitFor()
          await row.getByText("holds everything up to").waitFor()
          expect(complaints).toEqual([])
          await context.close()
        })
      }),
    240_000
  )
})
