/** The counters at the top. */
import { get } from "./api.js"
import { byId, element } from "./dom.js"

const counters = [
  { name: "links", of: (all) => all.links },
  { name: "malicious", level: "malicious", of: (all) => all.verdicts.malicious },
  { name: "suspicious", level: "suspicious", of: (all) => all.verdicts.suspicious },
  { name: "waiting", of: (all) => all.waiting },
  { name: "outbox", of: (all) => all.outbox.queued + all.outbox.claimed },
  {
    name: "unreadable",
    of: (all) => Object.values(all.unreadable).reduce((sum, it) => sum + it, all.partlyRead)
  },
  { name: "parked", of: (all) => all.parked, alarm: true },
  { name: "drifted", of: (all) => all.drifted, alarm: true },
  { name: "lag", of: (all) => all.lag, alarm: true }
]

const show = (all) =>
  byId("counters").replaceChildren(
    ...counters.map(({ alarm, level, name, of }) => {
      const number = of(all)
      const data = { counter: name, level, alarm: alarm === true ? String(number > 0) : undefined }
      return element("div", { data }, element("dt", {}, name), element("dd", {}, String(number)))
    })
  )

/** Counters that are shown; the newest answer is the one that counts. */
export const refreshOverview = async (after) => {
  const all = await get(after === undefined ? "/v1/overview" : `/v1/overview?after=${after}`)
  show(all)
  return all
}
