/** The views of the page, one of which is shown. */
import { byId } from "./dom.js"

const views = [
  "page",
  "chats",
  "links",
  "overrides",
  "schedule",
  "contacts",
  "backups",
  "search",
  "console",
  "webhooks",
  "audit",
  "account"
]

let shown = "page"
/** What is read anew when a view is shown. */
const onShown = new Map()

export const isShown = (view) => shown === view && !byId(view).hidden

/** Shows the view that was chosen last, or none of them while a key is asked for. */
export const showViews = (some) => {
  for (const view of views) byId(view).hidden = !some || view !== shown
  byId("views").hidden = !some
}

const choose = (view) => {
  shown = view
  for (const button of byId("views").children)
    button.setAttribute("aria-pressed", String(button.dataset.view === view))
  showViews(true)
  onShown.get(view)?.()
}

/** Prepares the buttons. `refresh` is run whenever its view is shown. */
export const startViews = (refresh) => {
  for (const [view, run] of Object.entries(refresh)) onShown.set(view, run)
  for (const button of byId("views").children)
    button.addEventListener("click", () => choose(button.dataset.view))
}
