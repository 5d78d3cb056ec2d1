// Deno has no lookup of its own that asks the system: node:dns on Deno.
import './node-dns.mjs'
