/** What clients of the older scheduler ask for, understood as its own rows are when they are taken over. */
import { Result } from "effect"
import type { AskedJob } from "../../contracts/schedule-commands.ts"
import { olderJob, olderMessage, type OlderRow } from "../schedule/import/older-plans.ts"

/** A date without an offset is in UTC there. */
const zone = "UTC"

const asked =
  (read: (row: object, zone: string) => Result.Result<OlderRow, string>) =>
  (row: object): Result.Result<AskedJob, string> =>
    Result.flatMap(read({ ...row, id: "new", status: "pending" }, zone), (found) =>
      found.is === "plan" ? Result.succeed(found.plan.asked) : Result.fail(found.end.reason)
    )

export const readOlder = { scheduled: asked(olderMessage), job: asked(olderJob) }
