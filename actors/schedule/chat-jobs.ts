/** The jobs that were made in a chat. */
import { Effect } from "effect"
import type { Payload } from "../../contracts/command.ts"
import type { JobId } from "../../contracts/ids.ts"
import type { JobWords } from "../../contracts/schedule.ts"
import { chatJobsMax, ListChatJobs } from "../../contracts/schedule-commands.ts"
import { answer, type Self } from "../../infra/actor/process-manager.ts"
import { Keyring } from "../../infra/keyring/keyring.ts"
import type { Answered } from "./job-commands.ts"
import { jobs, madeInChat } from "./model.ts"

export const chatJobs = answer(
  ListChatJobs,
  ({ chat }) => chat,
  Effect.fnUntraced(function* ({ chat }: Payload<typeof ListChatJobs>, self: Self<Answered>) {
    const keyring = yield* Keyring
    const found = [...new Set([chat, ...keyring.pseudonymsOf(chat)])]
      .flatMap((name) => self.state.walk(madeInChat, `${name}/`))
      .flatMap(([key]) => self.state.get(jobs, key.slice(key.indexOf("/") + 1) as JobId) ?? [])
      .toSorted((a, b) => (a.next ?? Infinity) - (b.next ?? Infinity))
      .slice(0, chatJobsMax)
      .map(({ job, next, words }) => ({
        job,
        next,
        text: keyring.open<JobWords>(words)?.messages[0].text ?? ""
      }))
    return { generation: self.generation, sequence: 0, jobs: found }
  })
)
