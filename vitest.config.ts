import { defineConfig } from "vitest/config"
import { BaseSequencer, type TestSpecification } from "vitest/node"

/** Files that take a minute or more first, then those with a server of their own: at the end no worker waits for one. */
const turnOf = ({ moduleId }: TestSpecification): number =>
  /\/tests\/(?:bench|faults|simulation|e2e)\//.test(moduleId)
    ? 0
    : /\.(?:int|e2e)\.test\.ts$/.test(moduleId)
      ? 1
      : 2

class LongestFirst extends BaseSequencer {
  override async sort(files: Array<TestSpecification>): Promise<Array<TestSpecification>> {
    return files.toSorted((one, other) => turnOf(one) - turnOf(other))
  }
}

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    globalSetup: ["tests/setup/nats-server.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: "forks",
    sequence: { sequencer: LongestFirst },
    // One more than the cores of a small machine: many tests wait for a server more than for the processor.
    maxWorkers: 3
  }
})
