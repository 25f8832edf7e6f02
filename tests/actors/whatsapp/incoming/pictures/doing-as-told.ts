/** A thread in the place of the one that reads codes: it does what a picture says. */
import { parentPort } from "node:worker_threads"

parentPort?.on("message", ({ file }: { readonly file: Uint8Array }) => {
  const doing = Buffer.from(file).toString()
  if (doing === "exit") process.exit(3)
  if (doing === "throw") throw new Error("told to")
  while (doing === "stall");
  parentPort?.postMessage({ say: "read", read: { codes: [doing] } })
})
parentPort?.postMessage({ say: "ready" })
