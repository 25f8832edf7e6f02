/** Entry of a thread that asks the outside on loopback: the exemption from the guard is in what a test has here. */
import { workerData } from "node:worker_threads"
import { serveOutside } from "../../actors/scan/outside-thread/serve-outside.ts"
import { type InternetPlace, openInternetClient } from "./internet.ts"

const { internet } = workerData as { readonly internet: InternetPlace }

serveOutside(openInternetClient(internet))
