import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { once } from "node:events"
import { Worker } from "node:worker_threads"
import { expect, test } from "vitest"
import { buildBundle, bundleEntries } from "../../../../../infra/bundle/build.ts"
import { mediaKey, pictureOfCodes, sealed } from "./pictures-made.ts"

const repository = join(import.meta.dirname, "../../../../..")

test("the thread reads codes from the bundle as it does from the sources", async () => {
  const root = mkdtempSync(join(tmpdir(), "wadjet-codes-"))
  try {
    const source = bundleEntries["codes"]!
    cpSync(join(repository, "actors/whatsapp/incoming"), join(root, "actors/whatsapp/incoming"), {
      recursive: true
    })
    symlinkSync(join(repository, "node_modules"), join(root, "node_modules"))
    await buildBundle({ root, digest: "", entries: { codes: source } })
    const worker = new Worker(join(root, "dist/codes.js"))
    expect(await once(worker, "message")).toEqual([{ say: "ready" }])
    const answer = once(worker, "message")
    worker.postMessage({
      file: Uint8Array.from(sealed(pictureOfCodes("https://a.example/"))),
      key: mediaKey,
      media: "image"
    })
    expect(await answer).toEqual([{ say: "read", read: { codes: ["https://a.example/"] } }])
    await worker.terminate()
  } finally {
    rmSync(root, { recursive: true })
  }
})
