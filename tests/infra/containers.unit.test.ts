import { spawnSync } from "node:child_process"
import { existsSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { Ajv } from "ajv"
import { Schema } from "effect"
import { describe, expect, it } from "vitest"
import { parse } from "yaml"
import { memoryGoalMiB } from "../../infra/nats-server/child.ts"

const repository = fileURLToPath(new URL("../..", import.meta.url))
const read = (path: string) => readFileSync(join(repository, path), "utf8")

const Service = Schema.Struct({
  image: Schema.String,
  user: Schema.optionalKey(Schema.String),
  privileged: Schema.optionalKey(Schema.Boolean),
  read_only: Schema.Boolean,
  cap_drop: Schema.Array(Schema.String),
  cap_add: Schema.optionalKey(Schema.Array(Schema.String)),
  security_opt: Schema.Array(Schema.String),
  environment: Schema.Record(Schema.String, Schema.String),
  networks: Schema.Array(Schema.String),
  ports: Schema.optionalKey(Schema.Array(Schema.String)),
  volumes: Schema.Array(Schema.String),
  mem_limit: Schema.String,
  pids_limit: Schema.Number,
  healthcheck: Schema.optionalKey(Schema.Struct({ test: Schema.Array(Schema.String) }))
})
const Compose = Schema.Struct({
  services: Schema.Record(Schema.String, Service),
  networks: Schema.Record(Schema.String, Schema.Struct({ internal: Schema.optionalKey(Schema.Boolean) })),
  volumes: Schema.Record(Schema.String, Schema.Unknown)
})

const document: unknown = parse(read("docker-compose.yml"), { merge: true })
const compose = Schema.decodeUnknownSync(Compose)(document)
const services = Object.entries(compose.services)

/** What the whole system may take without the monitoring profile. */
const memoryMaxMiB = 400

const hasClient = spawnSync("docker", ["compose", "version"]).status === 0
const config = (env: NodeJS.ProcessEnv) =>
  spawnSync("docker", ["compose", "config", "--quiet"], {
    cwd: repository,
    encoding: "utf8",
    env: { ...process.env, ...env }
  })

describe("docker-compose.yml", () => {
  it("is what the Compose Specification's schema accepts", () => {
    const { $schema: _, ...schema } = JSON.parse(read("tests/conformance/data/compose-spec.json"))
    const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true })
    const accepts = ajv.compile(schema)
    expect(accepts(document), JSON.stringify(accepts.errors, null, 2)).toBe(true)
    expect(accepts({ services: { nats: { imge: "typo" } } })).toBe(false)
  })

  it.skipIf(!hasClient)("is what the Docker client accepts, and not without a password", () => {
    expect(config({ WADJET_NATS_PASSWORD: "x" })).toMatchObject({ status: 0 })
    expect(config({ WADJET_NATS_PASSWORD: "" }).stderr).toContain("WADJET_NATS_PASSWORD")
  })

  it("publishes the web page alone, to this machine alone", () => {
    expect(services.flatMap(([, { ports }]) => ports ?? [])).toEqual(["127.0.0.1:7411:7411"])
    expect(compose.networks[compose.services["nats"]!.networks.join()]?.internal).toBe(true)
  })

  it("gives away no rights", () => {
    for (const [name, service] of services) {
      expect(service, name).toMatchObject({ read_only: true, cap_drop: ["ALL"] })
      expect(service.security_opt, name).toContain("no-new-privileges:true")
      expect([service.privileged, service.cap_add], name).toEqual([undefined, undefined])
      expect(service.volumes.join(), name).not.toContain("docker.sock")
    }
  })

  it("limits memory, to 400 MB in all", () => {
    const limits = services.map(([, { mem_limit }]) => Number(/^(\d+)m$/.exec(mem_limit)?.[1]))
    expect(limits.reduce((sum, limit) => sum + limit, 0)).toBeLessThanOrEqual(memoryMaxMiB)
  })

  it("has the server collect as early as the embedded one, well below the container's limit", () => {
    const { environment, mem_limit } = compose.services["nats"]!
    expect(environment["GOMEMLIMIT"]).toBe(`${memoryGoalMiB}MiB`)
    expect(Number.parseInt(mem_limit, 10)).toBeGreaterThan(memoryGoalMiB + 40)
  })

  it("has no secret with a default", () => {
    const secrets = services.flatMap(([, { environment }]) =>
      Object.entries(environment).filter(([name]) => /PASSWORD|SECRET|TOKEN|KEY/.test(name))
    )
    expect(secrets).toHaveLength(2)
    for (const [name, value] of secrets) expect(value).toMatch(new RegExp(`^\\$\\{${name}:\\?.+\\}$`))
  })

  it("has a health check for every service, and a place for what must stay", () => {
    expect(compose.services["nats"]?.healthcheck).toBeDefined()
    expect(instructions.map(({ name }) => name)).toContain("HEALTHCHECK")
    const named = services.flatMap(([, { volumes }]) => volumes.filter((volume) => !volume.startsWith(".")))
    expect(named.map((volume) => volume.split(":")[0])).toEqual(Object.keys(compose.volumes))
  })

  it("mounts only files that are in the repository", () => {
    const mounted = services.flatMap(([, { volumes }]) => volumes.filter((volume) => volume.startsWith("./")))
    for (const mount of mounted) expect(existsSync(join(repository, mount.split(":")[0]!)), mount).toBe(true)
  })
})

/** A Dockerfile's instructions, with continued lines joined (docs.docker.com/reference/dockerfile). */
const instructions = read("Dockerfile")
  .split("\n")
  .filter((line) => !line.startsWith("#"))
  .join("\n")
  .replaceAll("\\\n", " ")
  .split("\n")
  .filter((line) => line.trim() !== "")
  .map((line) => ({ name: line.split(/\s+/)[0]!, rest: line.slice(line.indexOf(" ") + 1).trim() }))

const finalStage = instructions.slice(instructions.findLastIndex(({ name }) => name === "FROM"))

describe("Dockerfile", () => {
  it("has instructions that exist, in stages that exist", () => {
    const known = /^(FROM|RUN|COPY|ENV|WORKDIR|USER|VOLUME|EXPOSE|HEALTHCHECK|STOPSIGNAL|ENTRYPOINT|CMD)$/
    for (const { name } of instructions) expect(name).toMatch(known)
    const stages = instructions.flatMap(({ rest }) => /\sAS\s+(\S+)$/.exec(rest)?.[1] ?? [])
    const used = instructions.flatMap(({ rest }) => /--from=(\S+)/.exec(rest)?.[1] ?? [])
    expect(new Set(used)).toEqual(new Set(stages))
  })

  it("builds on Node 24 alone", () => {
    const bases = instructions.filter(({ name }) => name === "FROM").map(({ rest }) => rest.split(" ")[0])
    expect(new Set(bases)).toEqual(new Set(["node:24-bookworm-slim"]))
  })

  it("does not run as root", () => {
    expect(finalStage.findLast(({ name }) => name === "USER")?.rest).toBe("node")
  })

  it("takes nothing from outside but npm's packages, and runs none of their scripts", () => {
    const runs = instructions.filter(({ name }) => name === "RUN").map(({ rest }) => rest)
    expect(runs.filter((run) => /curl|wget|apt|https?:/.test(run))).toEqual([])
    for (const run of runs.filter((text) => text.includes("npm")))
      expect(run).toMatch(/npm ci .*--ignore-scripts/)
    expect(read("Dockerfile")).not.toContain("nats-server")
  })

  it("copies only what is there and what .dockerignore lets through", () => {
    const allowed = read(".dockerignore")
      .split("\n")
      .filter((line) => line.startsWith("!"))
    const copied = instructions
      .filter(({ name, rest }) => name === "COPY" && !rest.startsWith("--from"))
      .flatMap(({ rest }) => rest.split(/\s+/).slice(0, -1))
    for (const source of copied) {
      expect(
        allowed.some((line) => `${source}/`.startsWith(`${line.slice(1)}`)),
        source
      ).toBe(true)
    }
    expect(read(".dockerignore").split("\n")).toContain("*")
    for (const source of ["wadjet", "infra/containers/healthy.sh"]) {
      expect(statSync(join(repository, source)).mode & 0o111, source).toBe(0o111)
    }
  })
})
