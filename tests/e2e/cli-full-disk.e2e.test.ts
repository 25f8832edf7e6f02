/** A disk that fills while the system runs: a small file system of its own, where this user may mount one. */
import { execFileSync } from "node:child_process"
import { mkdirSync, rmSync, statfsSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, expect, it } from "vitest"
import { diskLowBytes } from "../../actors/operator/watch-disk.ts"
import { makeFolder, post, start, startSystem, stopSystem } from "./cli-process.ts"

/** Room for a system that is just started, and no more. */
const diskMebibytes = 160

const { path, remove } = makeFolder()
const disk = path("disk")

const mounted = (() => {
  mkdirSync(disk)
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${diskMebibytes}m`, "tmpfs", disk], { stdio: "ignore" })
    return true
  } catch {
    return false
  }
})()

afterAll(() => {
  if (mounted) execFileSync("umount", ["-l", disk])
  remove()
})

it.runIf(mounted)(
  "a disk that fills ends the system with what to do, and what was acknowledged is there",
  async () => {
    const settings = { WADJET_DATA: join(disk, "data") }
    const system = await startSystem(settings)
    const { ownerKey, page } = system.ready
    const sequence = await post(page, ownerKey!, "look http://192.0.2.7/login.exe")

    const { bavail, bsize } = statfsSync(disk)
    const ballast = join(disk, "ballast")
    writeFileSync(ballast, Buffer.alloc(bavail * bsize - diskLowBytes / 2))
    const { code, err } = await system.ended
    expect(code).toBe(1)
    expect(err).toContain("MiB free")
    expect(err).toContain("What was acknowledged is safe")
    expect(err).toContain("Free some space")

    // What has no room is not started either, and says so.
    const refused = await start(["run"], settings).ended
    expect(refused.code).toBe(1)
    expect(refused.err).toMatch(/disk|free/)

    rmSync(ballast)
    const again = await startSystem(settings)
    const response = await fetch(`${again.ready.page}/v1/verdicts?after=${sequence}&limit=1`, {
      headers: { authorization: `Bearer ${ownerKey!}` }
    })
    expect(await response.json()).toMatchObject({ items: [{ url: "http://192.0.2.7/login.exe" }] })
    expect(await stopSystem(again)).toMatchObject({ code: 0 })
  }
)
