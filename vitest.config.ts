import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    globalSetup: ["tests/setup/nats-server.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: "forks",
    // One more than the cores of a small machine: many tests wait for a server more than for the processor.
    maxWorkers: 3,
    projects: [
      {
        extends: true,
        // They start nothing and change nothing that others see, and loading Effect anew for each takes as long as most of them.
        test: { name: "unit", include: ["tests/**/*.unit.test.ts"], isolate: false }
      },
      { extends: true, test: { name: "whole", include: ["tests/**/*.{int,e2e}.test.ts"] } }
    ]
  }
})
