/** What is news of read models, and when it is over. Pure: a fold over the facts of their comparison with the log. */
import type { RecordedOf } from "../../../contracts/catalogue.ts"
import type { Active, Alert } from "./alert.ts"

export type ProjectionEvent = RecordedOf<"projection.checked">

const about = "drift"

/** What has to be told after a fact, given what was told before. */
export const projectionAlertsAfter = (
  { data: { at, drifted, upTo } }: ProjectionEvent,
  active: Active
): ReadonlyArray<Alert> => {
  if (drifted.length > 0 === active.has(about)) return []
  if (drifted.length === 0)
    return [{ about, state: "over", text: "the read models are what the log makes of them again", at }]
  const rows = drifted.map(({ how, key, model, table }) => `${model} (${table} ${key} is ${how})`)
  const text = `read models differ from the log at event ${upTo}: ${rows.join(", ")}. \`wadjet rebuild\` makes them anew; keep the old ones to find out why`
  return [{ about, state: "raised", text, at }]
}
