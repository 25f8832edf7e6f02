/** Room for a second fold beside the read models that answer: a file of about their size. */
import { dirname } from "node:path"
import { Effect } from "effect"
import { ensureRoom } from "../../infra/disk/room.ts"
import { databaseBytes } from "../../infra/sqlite/database-bytes.ts"
import { discard } from "../database.ts"
import { ProjectorFailed } from "../failure.ts"
import { storing } from "../rebuild.ts"

/** Makes room for a file: what is left of an earlier one goes. Fails with `no-room` where it would leave too little of the disk. */
export const ensureRoomBeside = Effect.fn("ensureRoomBeside")(function* (readModels: string, file: string) {
  yield* storing(file, () => discard(file))
  yield* ensureRoom(dirname(file), databaseBytes(readModels), "fold the read models a second time").pipe(
    Effect.mapError(({ message }) => new ProjectorFailed({ reason: "no-room", message }))
  )
})
