import { execFile, spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { describe, expect, inject, it } from "vitest"

const repository = fileURLToPath(new URL("../..", import.meta.url))

const start = (env: Readonly<Record<string, string>>, ...args: ReadonlyArray<string>) =>
  spawnSync(
    "sh",
    [join(repository, "infra/containers/start-nats.sh"), "infra/containers/nats.conf", ...args],
    {
      cwd: repository,
      encoding: "utf8",
      env: { PATH: process.env["PATH"] ?? "", ...env }
    }
  )

describe("the NATS container", () => {
  it("has a configuration that nats-server accepts, whatever letters the password has", () => {
    const server = inject("natsServer")
    if ("missing" in server) throw new Error(server.missing)
    const folder = mkdtempSync(join(tmpdir(), "wadjet-containers-"))
    symlinkSync(server.path, join(folder, "nats-server"))
    const env = { TMPDIR: folder, PATH: `${folder}:/usr/bin:/bin`, WADJET_NATS_USER: "wadjet" }
    for (const password of ["12e5", "0x", "true", "a-b_c", "9".repeat(64)]) {
      const { status, stderr } = start({ ...env, WADJET_NATS_PASSWORD: password }, "-t")
      expect(status, stderr).toBe(0)
      expect(statSync(join(folder, "nats-server.conf")).mode & 0o777).toBe(0o600)
    }
    rmSync(folder, { recursive: true })
  })

  it("does not start without a password, or with one that could end a value", () => {
    expect(start({ WADJET_NATS_USER: "wadjet" }).stderr).toContain("WADJET_NATS_PASSWORD")
    const { status, stderr } = start({ WADJET_NATS_USER: "wadjet", WADJET_NATS_PASSWORD: 'x" }' })
    expect(status).toBe(1)
    expect(stderr).toContain("openssl rand -hex 32")
  })

  it("syncs every append, like the embedded server", () => {
    expect(readFileSync(join(repository, "infra/containers/nats.conf"), "utf8")).toMatch(
      /^\s*sync_interval: always$/m
    )
  })
})

const check = async (status: number | undefined) => {
  const server = createServer((request, response) => {
    response.statusCode = request.url === "/healthz" ? status! : 404
    response.end("{}")
  })
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  if (status === undefined) await new Promise((resolve) => server.close(resolve))
  const env = { PATH: "/usr/bin:/bin", WADJET_HTTP: `0.0.0.0:${port}` }
  const healthy = await promisify(execFile)(join(repository, "infra/containers/healthy.sh"), { env }).then(
    () => true,
    () => false
  )
  server.close()
  return healthy
}

describe("the health check", () => {
  it("goes by what /healthz answers", async () => {
    expect(await check(200)).toBe(true)
    expect(await check(503)).toBe(false)
    expect(await check(undefined)).toBe(false)
  })
})

it("has shell scripts that the shell can read", () => {
  for (const [shell, path] of [
    ["sh", "wadjet"],
    ["sh", "infra/containers/start-nats.sh"],
    ["bash", "infra/containers/healthy.sh"],
    ["bash", ".ci/run"]
  ] as const) {
    expect(spawnSync(shell, ["-n", join(repository, path)]).status, path).toBe(0)
  }
})
