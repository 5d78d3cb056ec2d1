// Where the program of a worker is: beside this module, in the bundle as well as outside of it.

/** What a thread or process of a server runs. */
export const workerEntry = new URL('./socketserver-worker.js', import.meta.url)
