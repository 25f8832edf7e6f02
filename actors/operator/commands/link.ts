import { Command, Flag } from "effect/cli"
import { given, json } from "./flags.ts"
import { lazily } from "./lazily.ts"

const code = Flag.String("code").pipe(
  Flag.withDescription(
    "link by a pairing code that is typed on the phone, for this number: +49 170 0000000; without it, by a QR code"
  ),
  Flag.optional
)
const accept = given("accept-risk", "do not ask: the risk of an unofficial client is known and taken")

export const link = Command.make("link", { code, accept, json }, (input) =>
  lazily(
    () => import("../link.ts"),
    ({ linkNumber }) => linkNumber(input)
  )
).pipe(
  Command.withDescription(
    "Link a WhatsApp number, as one of its linked devices. The QR code is shown here and refreshed until it is scanned; it is a credential, so show it to nobody. " +
      "Where Wadjet runs, that one is linked; else it is started for as long as linking takes. With --json, what happens, an object a line: " +
      "{live: qr, text, expiresAt} | {live: code, code, expiresAt} | {live: state, state} | {live: ended, outcome}."
  ),
  Command.withShortDescription("link a WhatsApp number"),
  Command.withExamples([
    { command: "wadjet link", description: "scan a QR code" },
    { command: 'wadjet link --code "+49 170 0000000"', description: "type a code on the phone" }
  ])
)

export const unlink = Command.make("unlink", { json }, (input) =>
  lazily(
    () => import("../link.ts"),
    ({ unlinkNumber }) => unlinkNumber(input)
  )
).pipe(
  Command.withDescription(
    "Log the linked number out of WhatsApp and delete its credentials. What was recorded stays. With --json: {unlinked, generation, sequence}."
  ),
  Command.withShortDescription("log the linked number out"),
  Command.withExamples([{ command: "wadjet unlink" }])
)
