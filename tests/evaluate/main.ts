/**
 * `npm run evaluate`: measures the rule sets on labelled URLs. Files of labelled URLs may be named (`collect.ts` makes
 * them of public collections); without any it takes those of the repository.
 *
 *     npm run evaluate                       the rule sets in force
 *     npm run evaluate -- --fit FILE…        which weights two thirds of the sites ask for, measured on the other third
 *     npm run evaluate -- --publish FILE…    all studies, into docs/reference/evaluation.md
 */
import { writeFileSync } from "node:fs"
import { parseArgs } from "node:util"
import { originsOf, readLabelled } from "./labelled.ts"
import { page } from "./page.ts"
import { fitted, inForce } from "./studies.ts"

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { fit: { type: "boolean", default: false }, publish: { type: "boolean", default: false } }
})
const tested = new URL("../conformance/data/phish-benign.json", import.meta.url)
const files = positionals.length > 0 ? positionals : [tested]
const rows = files.flatMap(readLabelled)

if (values.publish) {
  const text = page(readLabelled(tested), rows, files.flatMap(originsOf))
  writeFileSync(new URL("../../docs/reference/evaluation.md", import.meta.url), text)
} else {
  console.log((values.fit ? fitted(rows) : inForce(rows)).join("\n"))
}
