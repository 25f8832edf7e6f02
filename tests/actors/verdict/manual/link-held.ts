/** Links that are held to be something by themselves. */
import { localEvidence } from "../../../../actors/scan/classify.ts"
import { score } from "../../../../actors/scan/rules/rule-set.ts"
import { wadjet } from "../../../../actors/scan/rules/wadjet.ts"
import type { Level } from "../../../../contracts/level.ts"

/** Weights change: the first of some links that is held to be so by itself is taken. */
export const linkHeld = (level: Level): string =>
  [
    "http://paypa1-login.com/verify",
    "http://win.top/x",
    "https://paypal-info.example/",
    "http://news-update.top/",
    "https://my-secure-site.xyz/",
    "http://a-b-c-d.example/login"
  ].find((url) => score(wadjet, localEvidence(url), []).level === level)!
