/** The page of the reference that says how right the rule sets are. */
import type { Labelled, Origin } from "./labelled.ts"
import { fitted, inForce, ofNoList, ofTheFuture } from "./studies.ts"

const block = (lines: ReadonlyArray<string>): string => `\`\`\`text\n${lines.join("\n").trimEnd()}\n\`\`\``

/** The page, of what is in the repository (`tested`) and of a wider collection (`collected`, from `origins`). */
export const page = (
  tested: ReadonlyArray<Labelled>,
  collected: ReadonlyArray<Labelled>,
  origins: ReadonlyArray<Origin>
): string => `# How right verdicts from the URL alone are

\`npm run evaluate -- --publish FILE\` wrote this page. FILE was made by \`node tests/evaluate/collect.ts CLONES FILE\` from the collections below: at most 6,000 URLs of each, one of a site, none of a site that the tests use. No list, service or page was asked: this is what the spelling of a link gives away.

${block(origins.map(({ commit, label, name, repository, rows }) => `${label.padEnd(6)} ${name.padEnd(18)} ${String(rows).padStart(5)}  ${repository} ${commit.slice(0, 12)}`))}

Labels are their collectors'. A phishing list has sites that were broken into and look like any other; a list of good links has next to no plain http. How many of all links are phishing is not known anywhere: precision is given for the share that the rule set's prior supposes.

## The URLs of the repository

\`npm run evaluate\`. Nothing was fitted to them, though they are from some of the same collections. None has a date.

${block(inForce(tested))}

## The collection

All of it, also what the weights in force were fitted to.

${block(inForce(collected))}

## Fitted to two thirds of the sites, measured on the other third

The first table is what the data asks for and what the rule set has.

${block(fitted(collected))}

## Fitted to the past, measured on what came later

Only rows with a date, and only sites that were not seen before: two thirds of the phishing is from before the day that parts them.

${block(ofTheFuture(collected))}

## What no list contained

Each phishing list by weights that were fitted without it, on those of its sites that none of the other lists has, beside the third of the benign sites that was not fitted to.

${block(ofNoList(collected))}
`
