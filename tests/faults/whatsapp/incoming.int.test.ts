import { expect, test } from "vitest"
import { everyIncoming } from "./points.ts"
import { runScenario } from "./scenario.ts"
import { toldWorld } from "./told-world.ts"

/** How often each point is hit; `npm run faults -- whatsapp` hits them among ten thousand messages. */
const killsEach = Number(process.env["WADJET_FAULTS_KILLS"] ?? 1)
const saidPerLife = 8

test("whatever kills it between WhatsApp and the log, every link that was posted is in the log once", async () => {
  const world = await toldWorld(1)
  try {
    const report = await runScenario({ world, deaths: everyIncoming(killsEach), rounds: 1, saidPerLife })
    console.log(JSON.stringify(report))
    expect(report.breaches).toEqual([])
    expect(report.kills).toEqual(everyIncoming(killsEach))
  } finally {
    await world.close()
  }
}, 600_000)
