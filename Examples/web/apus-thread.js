// A thread of a module: it runs parts of operations until whoever loaded the module goes. `load` of apus.js starts it.

async function serve({ module, memory, name, index }, tell) {
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } })
  exports.__stack_pointer.value = exports[`${name}_stack`](index)
  tell("ready")
  exports[`${name}_serve`]()
}

if (typeof WorkerGlobalScope !== "undefined") {
  addEventListener("message", ({ data }) => serve(data, (text) => postMessage(text)))
} else {
  const { parentPort } = await import("node:worker_threads")
  parentPort.once("message", (data) => serve(data, (text) => parentPort.postMessage(text)))
}
