/**
 * For processes that run a client of a loopback server: `node --import <this file>` with the server's
 * `environment` trusts its root, connects to it, and keeps libsignal off the console, before anything else is loaded.
 */
import { quietSignal } from "./quiet-signal.ts"
import { trustRootOfEnvironment, useAddressOfEnvironment } from "./trust-root.ts"

quietSignal()
trustRootOfEnvironment()
useAddressOfEnvironment()
