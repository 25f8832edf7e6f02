import { describeConfig } from "../../infra/config/settings.ts"

/** `.env.example`: every setting, commented out, with its default. */
export const environmentExample = (): string =>
  [
    "# Generated from infra/config/settings.ts by `npm run generate`. Do not edit: copy it to .env, readable by you alone.",
    ...describeConfig({}).flatMap(({ about, accepts, name, value }) => [
      "",
      `# ${about} Accepts ${accepts}.`,
      `#${name}=${value ?? ""}`
    ]),
    ""
  ].join("\n")
