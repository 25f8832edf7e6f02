/** What sources said lately, in memory alone: on disk it would be a list of what chats post. */
import type { Said } from "./source.ts"

/** About half a kilobyte each; the oldest go first. */
const rememberedMax = 5_000

export const makeAnswerCache = () => {
  const answers = new Map<string, { readonly said: Said; readonly until: number }>()
  return {
    find: (url: string, now: number): Said | undefined => {
      const found = answers.get(url)
      return found !== undefined && found.until > now ? found.said : undefined
    },
    remember: (url: string, said: Said, now: number): void => {
      answers.delete(url)
      answers.set(url, { said, until: now + said.validSeconds * 1_000 })
      if (answers.size > rememberedMax) answers.delete(answers.keys().next().value!)
    }
  }
}
