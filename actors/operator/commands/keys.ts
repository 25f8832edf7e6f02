import { Argument, Command, Flag } from "effect/cli"
import { json } from "./flags.ts"
import { lazily } from "./lazily.ts"

/** The names in `contracts/account.ts`, whose schemas are loaded only when they are needed; a test compares them. */
export const roleNames = ["viewer", "moderator", "scheduler", "operator", "owner"] as const

const role = Flag.Literals("role", roleNames).pipe(
  Flag.withDescription(
    "what the key may do: each role may do what those before it may; words and names are shown from operator on"
  )
)
const label = Flag.String("label").pipe(
  Flag.withDescription("what it is for, to tell it from others"),
  Flag.optional
)

const scopes = Flag.String("scope").pipe(
  Flag.withMetavar("part"),
  Flag.withDescription(
    "the part of the API that it is for, such as jobs, or jobs:read for its reading alone; may be given several times; all of them if left out"
  ),
  Flag.between(0, 50)
)
const perMinute = Flag.Int("per-minute").pipe(
  Flag.withDescription("how many requests it may make a minute; as many as it likes if left out"),
  Flag.optional
)
const until = Flag.String("until").pipe(
  Flag.withMetavar("time"),
  Flag.withDescription("when it expires, such as 2027-01-31; never if left out"),
  Flag.optional
)

const create = Command.make("create", { role, label, scopes, perMinute, until, json }, (input) =>
  lazily(
    () => import("../keys.ts"),
    ({ createKey }) => createKey(input)
  )
).pipe(
  Command.withDescription(
    "Make a key and print it, this once; only its hash is kept. With --json: {id, role, label, scopes, perMinute, expiresAt, key, createdAt}."
  ),
  Command.withShortDescription("make a key"),
  Command.withExamples([
    { command: "wadjet keys create --role owner", description: "when the first one is lost" },
    { command: "wadjet keys create --role viewer --label dashboard --json" },
    { command: "wadjet keys create --role operator --scope jobs --per-minute 60 --until 2027-01-31" }
  ])
)

const list = Command.make("list", { json }, (input) =>
  lazily(
    () => import("../keys.ts"),
    ({ listKeys }) => listKeys(input)
  )
).pipe(
  Command.withDescription(
    "List all keys without their secrets, those revoked too. With --json, an object a line: {id, role, scopes, perMinute, label, createdAt, expiresAt, revokedAt, lastUsedAt}; times are milliseconds since 1970."
  ),
  Command.withShortDescription("all keys, without their secrets"),
  Command.withExamples([{ command: "wadjet keys list" }])
)

const id = Argument.String("id").pipe(Argument.withDescription("the key's id, as listed"))

const revoke = Command.make("revoke", { id, json }, (input) =>
  lazily(
    () => import("../keys.ts"),
    ({ revokeKey }) => revokeKey(input)
  )
).pipe(
  Command.withDescription("Accept a key no longer, from now on. With --json: {id, revoked}."),
  Command.withShortDescription("accept a key no longer"),
  Command.withExamples([{ command: "wadjet keys revoke 01941f29-7c00-7000-8000-000000000002" }])
)

export const keys = Command.make("keys").pipe(
  Command.withDescription(
    "Keys of the page and the HTTP API. They can be made and revoked while the system runs, and while it does not."
  ),
  Command.withShortDescription("who may use the page and the API"),
  Command.withSubcommands([create, list, revoke]),
  Command.withExamples([{ command: "wadjet keys create --role owner" }, { command: "wadjet keys list" }])
)
