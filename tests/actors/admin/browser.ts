/** A real browser on the whole system. */
import { existsSync } from "node:fs"
import { join } from "node:path"
import { Context, Effect, Layer, type Scope } from "effect"
import { type Browser, chromium, type Page } from "playwright-core"
import { ground, temporaryFolder, type Whole, whole } from "./whole.ts"

const chromiumPath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
  (path) => existsSync(path)
)

export const reboundName = "evil.example"

const launchArguments = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // A name of somebody else's, with the address of this machine.
  `--host-resolver-rules=MAP ${reboundName} 127.0.0.1`
]

/** Where screenshots go; set it to look at them. */
const shots = process.env["WADJET_SHOTS"]

export interface Setting {
  readonly it: Whole
  readonly browser: Browser
}
export class Stage extends Context.Service<Stage, Setting>()("test/Stage") {}

const launched = (starting: Effect.Effect<Whole, unknown, Scope.Scope>) =>
  Effect.gen(function* () {
    const it = yield* starting
    const profile = yield* temporaryFolder
    const browser = yield* Effect.acquireRelease(
      Effect.promise(() =>
        chromium.launch({
          ...(chromiumPath === undefined ? {} : { executablePath: chromiumPath }),
          headless: true,
          args: [...launchArguments, `--crash-dumps-dir=${profile}`]
        })
      ),
      (browser) => Effect.promise(() => browser.close())
    )
    return { it, browser } satisfies Setting
  })

/** A browser, and the system as it is started. */
export const stageOf = (starting: Effect.Effect<Whole, unknown, Scope.Scope>) =>
  Layer.effect(Stage, launched(starting))

export const stage = stageOf(Effect.flatMap(ground, (it) => whole(it)))

export const shoot = (page: Page, name: string) =>
  shots === undefined
    ? Promise.resolve()
    : page.screenshot({ path: join(shots, `${name}.png`) }).then(() => undefined)

export const complaintsOf = (page: Page) => {
  const complaints: Array<string> = []
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()))
  page.on("pageerror", (error) => complaints.push(error.message))
  return complaints
}

/** The page as its owner opens it. */
export const opened = async (
  { browser, it }: Setting,
  options: Parameters<Browser["newContext"]>[0] = {}
) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options })
  const page = await context.newPage()
  const complaints = complaintsOf(page)
  await page.goto(it.firstKey!.link)
  await page.locator("#page").waitFor()
  return { context, page, complaints }
}
