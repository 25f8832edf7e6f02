/**
 * OpenStack Swift from the system's own Debian mirror, unpacked into a folder of its own: the system's packages stay
 * as they are. What of it is installed already is not fetched.
 */
import { execFile } from "node:child_process"
import { existsSync } from "node:fs"
import { mkdir, readdir, rename, rm } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

const run = promisify(execFile)

const cache = fileURLToPath(new URL("../../.cache/swift/", import.meta.url))
const packages = ["swift-proxy", "swift-account", "swift-container", "swift-object"]
/** What its packages ask for that has no part in serving. */
const beside =
  /^(?:po-debconf|intltool|openstack-pkg-tools|uwsgi|rsyslog|liblognorm|libestr|libfastjson|logrotate|docutils|libzmq|libnorm|libpgm)/
const fetchLimitMillis = 120_000

export interface Swift {
  readonly python: string
  readonly environment: Readonly<Record<string, string>>
}

const swiftIn = (root: string): Swift => ({
  python: "/usr/bin/python3",
  environment: {
    PYTHONPATH: join(root, "usr/lib/python3/dist-packages"),
    LD_LIBRARY_PATH: ["x86_64-linux-gnu", "aarch64-linux-gnu"]
      .map((machine) => join(root, "usr/lib", machine))
      .join(":")
  }
})

/** The packages that are missing here, by what apt would install. */
const missing = async (): Promise<ReadonlyArray<string>> => {
  const { stdout } = await run("apt-get", ["install", "-s", "--no-install-recommends", ...packages])
  const names = stdout.split("\n").flatMap((line) => /^Inst (\S+)/.exec(line)?.[1] ?? [])
  return names.filter((name) => !beside.test(name))
}

const unpack = async (root: string): Promise<void> => {
  const names = await missing().catch(async () => {
    await run("apt-get", ["-qq", "update"], { timeout: fetchLimitMillis })
    return missing()
  })
  const half = `${root}-${process.pid}`
  const archives = `${half}-archives`
  await mkdir(archives, { recursive: true })
  try {
    await run("apt-get", ["-qq", "download", ...names], { cwd: archives, timeout: fetchLimitMillis })
    for (const archive of await readdir(archives)) await run("dpkg", ["-x", join(archives, archive), half])
    await rename(half, root)
  } finally {
    await rm(archives, { recursive: true, force: true })
    await rm(half, { recursive: true, force: true })
  }
}

/** Finds or fetches it. Rejects where there is no Debian to take it from. */
export const fetchSwift = async (): Promise<Swift> => {
  const root = join(cache, "root")
  if (!existsSync(root)) await unpack(root)
  return swiftIn(root)
}
