/** What members hold to be wrong: each warning with what the operator may make of it. */
import { get, post } from "./api.js"
import { byId, element, sayProblem } from "./dom.js"

/** As many as there is room for; the rest follow as these are looked at. */
const shownMax = 5

const hostOf = (url, link) =>
  (url === null ? link.slice(0, 8) : (URL.parse(url)?.hostname ?? url)).replaceAll(".", "[.]")

const settle = async ({ chat, report }, outcome) => {
  try {
    const { sequence } = await post(`/v1/chats/${chat}/reports/${report}`, { outcome })
    sayProblem(byId("reports-problem"))
    await refreshReports(sequence)
  } catch (error) {
    sayProblem(byId("reports-problem"), error.message)
  }
}

const line = (report, url) =>
  element(
    "li",
    { data: { report: report.report } },
    element("span", { class: "badge", data: { level: report.level } }, report.level),
    ` ${hostOf(url, report.link)} `,
    element(
      "button",
      { class: "plain", attributes: { type: "button" }, on: { click: () => void settle(report, "right") } },
      "It was right"
    ),
    element(
      "button",
      { class: "plain", attributes: { type: "button" }, on: { click: () => void settle(report, "wrong") } },
      "It was wrong: allow the link there"
    )
  )

/** Shows what waits, and nothing where nothing does. */
export const refreshReports = async (after) => {
  const asked = after === undefined ? "" : `&after=${after}`
  const { items } = await get(`/v1/reports?status=waiting&limit=${shownMax}${asked}`)
  const explained = await Promise.all(
    items.map(({ link }) => get(`/v1/links/${link}/explanation`).catch(() => ({ url: null })))
  )
  byId("reports-list").replaceChildren(...items.map((report, index) => line(report, explained[index].url)))
  byId("reports").hidden = items.length === 0
}
