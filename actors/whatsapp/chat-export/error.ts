import { Schema } from "effect"

/** Why an export could not be opened, with what was expected of it and what helps. */
const reasons = {
  missing: ["a file at this path", "check the path; export the chat in WhatsApp with “Export chat”"],
  unreadable: ["a file that this user may read", "check its permissions and that the disk is in order"],
  directory: ["one .txt or .zip file", "pass the .zip itself, or the _chat.txt inside the unpacked folder"],
  "not-a-file": ["an ordinary file", "copy the export to a file and pass that"],
  "not-a-zip": ["a .zip as WhatsApp exports it", "export the chat again, or pass the .txt if it is one"],
  damaged: ["a complete .zip", "copy or download the file again, or export the chat again"],
  encrypted: [
    "a .zip without a password, as WhatsApp exports it",
    "unpack it with the password and pass the .txt"
  ],
  compression: ["a .zip entry that is stored or deflated", "unpack the .zip and pass the .txt inside"],
  "no-chat": [
    "_chat.txt or “WhatsApp Chat with ….txt” inside the .zip",
    "export the chat again, or unpack the .zip and pass the chat's .txt"
  ],
  "too-large": [
    "a chat's text within the limit",
    "split the .txt at a message's first line and import the parts"
  ],
  "not-text": ["text in UTF-8, or in UTF-16 with a byte order mark", "pass the export as WhatsApp wrote it"]
} as const

type Reason = keyof typeof reasons

/**
 * Opening an export failed. `reason` is for code; `message` says what was expected, what was found and what to
 * do.
 */
export class ChatExportError extends Schema.TaggedError<ChatExportError>()("ChatExportError", {
  reason: Schema.Literals(Object.keys(reasons) as ReadonlyArray<Reason>),
  path: Schema.String,
  found: Schema.String
}) {
  override get message(): string {
    const [expected, remedy] = reasons[this.reason]
    return `Cannot read the chat export ${this.path}: expected ${expected}, found ${this.found}. To go on, ${remedy}.`
  }
}
