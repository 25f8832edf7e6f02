/** Making elements. Texts become text nodes and nothing else, so that no message is ever markup. */

/**
 * An element with properties, `data-` attributes, listeners and children (elements or texts).
 * @param {string} tag
 * @param {{ class?: string, data?: Record<string, string | undefined>, on?: Record<string, (event: Event) => void>,
 *   attributes?: Record<string, string> }} [options]
 * @param {...(Node | string | undefined)} children
 */
export const element = (tag, options = {}, ...children) => {
  const made = document.createElement(tag)
  if (options.class !== undefined) made.className = options.class
  for (const [name, value] of Object.entries(options.data ?? {}))
    if (value !== undefined && value !== null) made.dataset[name] = value
  for (const [name, value] of Object.entries(options.attributes ?? {})) made.setAttribute(name, value)
  for (const [name, listener] of Object.entries(options.on ?? {})) made.addEventListener(name, listener)
  made.append(...children.filter((child) => child !== undefined && child !== null))
  return made
}

/** The element of an id, which the page has. */
export const byId = (id) => document.getElementById(id)

const mediaWords = { image: "🖼 picture", video: "🎬 video", audio: "🔊 recording", document: "📄 file" }

/** The file that goes with words, by its name: none of it is shown. */
export const mediaMark = (media) =>
  media === undefined || media === null
    ? undefined
    : element(
        "span",
        { class: "badge", attributes: { title: media.mime } },
        `${mediaWords[media.kind]} ${media.name ?? media.file} `
      )

/** Says a problem in a place made for it, or takes it away. */
export const sayProblem = (place, text) => {
  place.textContent = text ?? ""
  place.hidden = text === undefined
}
