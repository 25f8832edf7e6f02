/** What strangers wrote, as it may stand in the details of evidence. */
import { defang } from "../../contracts/link/defang.ts"

/** A name or a title; of more nobody reads the rest. */
const lengthMax = 60

/** In code points, so that no character is cut in two. */
const cutAt = (text: string, most: number): string => {
  const points = [...text]
  return points.length <= most ? text : `${points.slice(0, most - 1).join("")}…`
}

/**
 * A stranger's words: short, in one line, without what turns a line around or is not seen, and not clickable.
 *
 * @example strangersWords("Sign in\n\tat paypa1.com") // "Sign in at paypa1[.]com"
 */
export const strangersWords = (text: string): string =>
  defang(
    cutAt(
      text
        .slice(0, lengthMax * 8)
        .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ")
        .replaceAll(/[\p{Cf}\p{Co}\p{Cn}\p{Cs}]/gu, "")
        .trim(),
      lengthMax
    )
  )
