/**
 * Garage in a container, with one node, one key and one bucket.
 *
 * @see https://garagehq.deuxfleurs.fr/documentation/quick-start/
 */
import { randomBytes } from "node:crypto"
import { Effect, Redacted } from "effect"
import type { StartedTestContainer } from "testcontainers"
import type { S3Address } from "../../actors/backup/places/s3-request.ts"

const image = "dxflrs/garage:v2.1.0"
const port = 3900
const bucket = "backups"
const region = "garage"

const config = `metadata_dir = "/tmp/meta"
data_dir = "/tmp/data"
db_engine = "sqlite"
replication_factor = 1
rpc_bind_addr = "[::]:3901"
rpc_public_addr = "127.0.0.1:3901"
rpc_secret = "${randomBytes(32).toString("hex")}"
[s3_api]
s3_region = "${region}"
api_bind_addr = "[::]:${port}"
`

const garage = async (container: StartedTestContainer, ...words: ReadonlyArray<string>): Promise<string> => {
  const { exitCode, output } = await container.exec(["/garage", ...words])
  if (exitCode !== 0) throw new Error(`expected garage ${words.join(" ")} to succeed, found: ${output}`)
  return output
}

/** Gives the node its place, and makes the key and the bucket that it may use. */
const prepare = async (container: StartedTestContainer, accessKey: string, secret: string) => {
  const node = (await garage(container, "node", "id", "-q")).trim().split("@")[0]!
  await garage(container, "layout", "assign", "-z", "here", "-c", "1G", node)
  await garage(container, "layout", "apply", "--version", "1")
  await garage(container, "key", "import", "--yes", accessKey, secret)
  await garage(container, "bucket", "create", bucket)
  await garage(container, "bucket", "allow", "--read", "--write", "--owner", bucket, "--key", accessKey)
}

/** Starts it until the scope closes. Garage keeps no conditions. */
export const startGarage = Effect.gen(function* () {
  const { GenericContainer, Wait } = yield* Effect.promise(() => import("testcontainers"))
  const container = yield* Effect.acquireRelease(
    Effect.tryPromise(() =>
      new GenericContainer(image)
        .withCopyContentToContainer([{ content: config, target: "/etc/garage.toml" }])
        .withExposedPorts(port)
        .withWaitStrategy(Wait.forListeningPorts())
        .start()
    ),
    (it) => Effect.promise(() => it.stop())
  )
  const accessKey = `GK${randomBytes(12).toString("hex")}`
  const secret = randomBytes(32).toString("hex")
  yield* Effect.tryPromise(() => prepare(container, accessKey, secret))
  const address: S3Address = {
    endpoint: `http://${container.getHost()}:${container.getMappedPort(port)}`,
    bucket,
    prefix: "wadjet/",
    region,
    accessKey,
    secretKey: Redacted.make(secret)
  }
  return { name: "garage" as const, address, fenced: false }
})
