import { Argument, Command, Flag } from "effect/cli"
import { given, json } from "./flags.ts"
import { roleNames } from "./keys.ts"
import { lazily } from "./lazily.ts"

const role = Flag.Literals("role", roleNames).pipe(
  Flag.withDescription("what they may do: each role may do what those before it may")
)
const name = Argument.String("name").pipe(Argument.withDescription("the name that they sign in with"))

const list = Command.make("list", { json }, (input) =>
  lazily(
    () => import("../accounts.ts"),
    ({ listAccounts }) => listAccounts(input)
  )
).pipe(
  Command.withDescription(
    "List everybody. With --json, an object a line: {id, name, role, code, createdAt, closedAt}; times are milliseconds since 1970."
  ),
  Command.withShortDescription("everybody"),
  Command.withExamples([{ command: "wadjet accounts list" }])
)

const invite = Command.make("invite", { role, json }, (input) =>
  lazily(
    () => import("../accounts.ts"),
    ({ inviteAccount }) => inviteAccount(input)
  )
).pipe(
  Command.withDescription(
    "Make a link with which somebody chooses a name and a password, once and within a day. With --json: {link, expiresAt}."
  ),
  Command.withShortDescription("let somebody in"),
  Command.withExamples([{ command: "wadjet accounts invite --role moderator" }])
)

const reset = Command.make("reset", { name, json }, (input) =>
  lazily(
    () => import("../accounts.ts"),
    ({ resetAccount }) => resetAccount(input)
  )
).pipe(
  Command.withDescription(
    "Make a link with which somebody chooses another password, without the old one; codes are not asked for any more, nor is a wait for wrong attempts. With --json: {link, expiresAt}."
  ),
  Command.withShortDescription("a new password for somebody"),
  Command.withExamples([{ command: "wadjet accounts reset Ada" }])
)

const change = Command.make(
  "change",
  {
    name,
    role: Flag.optional(role),
    close: given("close", "they may not sign in any more, and are signed out everywhere"),
    reopen: given("reopen", "they may sign in again"),
    json
  },
  (input) =>
    lazily(
      () => import("../accounts.ts"),
      ({ changeAccount }) => changeAccount(input)
    )
).pipe(
  Command.withDescription(
    "Give somebody another role, shut them out, or let them in again. The last owner stays one. With --json: {id, role, closedAt}."
  ),
  Command.withShortDescription("another role, or none"),
  Command.withExamples([
    { command: "wadjet accounts change Ada --role operator" },
    { command: "wadjet accounts change Ada --close" }
  ])
)

const signOut = Command.make("sign-out", { name, json }, (input) =>
  lazily(
    () => import("../accounts.ts"),
    ({ signOutAccount }) => signOutAccount(input)
  )
).pipe(
  Command.withDescription("Sign somebody out in all browsers, from now on. With --json: {id, ended}."),
  Command.withShortDescription("sign somebody out everywhere"),
  Command.withExamples([{ command: "wadjet accounts sign-out Ada" }])
)

export const accounts = Command.make("accounts").pipe(
  Command.withDescription(
    "People who may sign in to the page. They can be managed while the system runs, and while it does not."
  ),
  Command.withShortDescription("who may sign in to the page"),
  Command.withSubcommands([list, invite, reset, change, signOut]),
  Command.withExamples([
    { command: "wadjet accounts invite --role viewer" },
    { command: "wadjet accounts reset Ada", description: "when a password is lost" }
  ])
)
