// Runs WebAssembly modules that Apus writes (`WebModule`, `CLibrary.write(.webAssembly, to:)`, `exportWebAssembly`), in browsers and
// Node.
//
//   import { load } from "./apus.js"
//   const model = await load(fetch("digits.wasm"))
//   const [logits] = model.run(pixels)

const arrays = {
  float32: Float32Array, float64: Float64Array, int64: BigInt64Array, int32: Int32Array, int16: Int16Array,
  int8: Int8Array, uint8: Uint8Array, bool: Uint8Array,
}
const PAGE = 65536

/** Compiles a module once, for several calls of `load`. */
export async function compile(source) {
  const given = await source
  if (given instanceof WebAssembly.Module) return given
  return WebAssembly.compile(isResponse(given) ? await checked(given).arrayBuffer() : given)
}

/**
 * Loads a module from its bytes, a Response (or a promise of either), or a compiled WebAssembly.Module.
 * `weights` is the file beside it, where there is one; `progress` is told how many of its bytes have come.
 */
export async function load(source, { weights, progress, threads = 1 } = {}) {
  const module = await compile(source)
  const [section] = WebAssembly.Module.customSections(module, "apus")
  const shared = section && JSON.parse(new TextDecoder().decode(section))
  if (shared && !sharesMemory()) {
    throw new Error("apus: the module is for several threads, which a page may have that its server isolates (Cross-Origin-Opener-Policy: "
      + "same-origin and Cross-Origin-Embedder-Policy: require-corp)")
  }
  const memory = shared && new WebAssembly.Memory({ initial: shared.pages, maximum: shared.most, shared: true })
  const { exports } = await WebAssembly.instantiate(module, memory ? { env: { memory } } : {})
  const model = new Model(memory ? { ...exports, memory } : exports)
  if (model.weightsSize > 0) {
    if (!weights) throw new Error(`apus: ${model.name} has its weights in a file beside it: load(source, { weights: fetch(...) })`)
    await place(memory ? { ...exports, memory } : exports, model, await weights, progress)
  }
  if (model.state.length > 0) model.reset()
  const count = Math.min(threads, shared?.threads ?? 1)
  if (count > 1) {
    await Promise.all(Array.from({ length: count - 1 }, (_, index) => lend({ module, memory, name: model.name, index })))
    exports[`${model.name}_threads`](count)
  }
  return model
}

/** Whether threads may share memory here: in Node, and in pages that their server isolates. */
export function sharesMemory() {
  return typeof SharedArrayBuffer !== "undefined" && (globalThis.crossOriginIsolated ?? true)
}

/** Starts a worker that runs parts of a module's operations. */
async function lend(work) {
  const file = new URL("apus-thread.js", import.meta.url)
  if (typeof Worker !== "undefined") {
    const worker = new Worker(file, { type: "module" })
    worker.postMessage(work)
    await new Promise((done, fail) => {
      worker.onmessage = done
      worker.onerror = (event) => fail(new Error(`apus: a thread could not be started: ${event.message}`))
    })
  } else {
    const { Worker } = await import("node:worker_threads")
    const worker = new Worker(file)
    worker.postMessage(work)
    await new Promise((done, fail) => {
      worker.once("message", done)
      worker.once("error", fail)
    })
    // A program ends though its threads wait.
    worker.unref()
  }
}

/** Brings weights into the memory of a module as they come. */
async function place(exports, model, given, progress) {
  const { name, weightsSize: size } = model
  const address = exports.memory.grow(Math.ceil(size / PAGE)) * PAGE
  const memory = new Uint8Array(exports.memory.buffer, address, size)
  let count = 0
  const take = (bytes) => {
    if (count + bytes.length <= size) memory.set(bytes, count)
    count += bytes.length
    progress?.(count, size)
  }
  if (isResponse(given) && checked(given).body) {
    const reader = given.body.getReader()
    for (let part = await reader.read(); !part.done; part = await reader.read()) take(part.value)
  } else {
    const bytes = isResponse(given) ? await given.arrayBuffer() : given
    take(ArrayBuffer.isView(bytes) ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) : new Uint8Array(bytes))
  }
  if (count !== size) throw new Error(`apus: the weights of ${name} have ${size} bytes, and ${count} came`)
  if (exports[`${name}_init`](address) !== 0) throw new Error(`apus: the weights belong to another module than this ${name}`)
}

function isResponse(given) { return typeof Response !== "undefined" && given instanceof Response }

function checked(response) {
  if (!response.ok) throw new Error(`apus: ${response.url} cannot be read: ${response.status} ${response.statusText}`)
  return response
}

/** Functions with arguments and results of fixed shapes, and what they keep between calls. */
export class Model {
  #exports
  #functions = new Map()
  #state = new Map()

  constructor(exports) {
    const about = Object.keys(exports).find((name) => name.endsWith("_about"))
    if (!about || !exports.memory) throw new Error("apus: the module was not written by Apus: it does not say what it is")
    const bytes = new Uint8Array(exports.memory.buffer)
    const start = exports[about]()
    const text = new TextDecoder().decode(bytes.slice(start, bytes.indexOf(0, start)))
    const { name, functions, inputs, outputs, state = [], weights = 0 } = JSON.parse(text)
    this.#exports = exports
    this.name = name
    this.weightsSize = weights
    const described = (address) => (one, i) => {
      if (!arrays[one.dtype]) throw new Error(`apus: ${one.name} has elements of type ${one.dtype}, for which there is no array`)
      return Object.freeze({ ...one, size: one.shape.reduce((a, b) => a * b, 1), address: exports[address](i) })
    }
    const all = functions ? functions.map((f) => [`${name}_${f.name}`, f]) : [[name, { name, inputs, outputs }]]
    for (const [prefix, f] of all) {
      this.#functions.set(f.name, {
        inputs: f.inputs.map(described(`${prefix}_input`)), outputs: f.outputs.map(described(`${prefix}_output`)),
        run: exports[`${prefix}_run`],
      })
    }
    this.functions = [...this.#functions.keys()]
    this.state = state.map(described(`${name}_state`))
    for (const one of this.state) this.#state.set(one.name, one)
    this.inputs = this.#functions.get(this.functions[0]).inputs
    this.outputs = this.#functions.get(this.functions[0]).outputs
  }

  /** Runs the first function on one array (or list of numbers) for each argument, row-major; gives one typed array for each result. */
  run(...values) { return this.call(this.functions[0], ...values) }

  /** Runs a function by its name. */
  call(name, ...values) {
    const found = this.#functions.get(name)
    if (!found) throw new Error(`apus: ${this.name} has no function ${name}, but ${this.functions.join(", ")}`)
    if (values.length !== found.inputs.length) {
      throw new Error(`apus: ${name} takes ${found.inputs.length} arrays, and got ${values.length}`)
    }
    found.inputs.forEach((input, i) => this.#fill(input, values[i], name))
    found.run()
    return found.outputs.map((output) => this.#view(output).slice())
  }

  /** The arguments and results of a function. */
  about(name) {
    const { inputs, outputs } = this.#functions.get(name) ?? {}
    return { inputs, outputs }
  }

  /** A copy of what is kept under a name. */
  read(name) { return this.#view(this.#kept(name)).slice() }

  /** Changes what is kept under a name. */
  write(name, values) { this.#fill(this.#kept(name), values, this.name) }

  /** Lets what is kept begin anew. */
  reset() { this.#exports[`${this.name}_reset`]?.() }

  #kept(name) {
    const found = this.#state.get(name)
    if (!found) throw new Error(`apus: ${this.name} keeps nothing called ${name}, but ${[...this.#state.keys()].join(", ") || "nothing at all"}`)
    return found
  }

  #fill(parameter, values, name) {
    if (values.length !== parameter.size) {
      throw new Error(
        `apus: ${parameter.name} of ${name} has shape [${parameter.shape}], which is ${parameter.size} numbers, and got ${values.length}`)
    }
    const isBig = parameter.dtype === "int64" && !(values instanceof BigInt64Array)
    this.#view(parameter).set(isBig ? Array.from(values, BigInt) : values)
  }

  #view({ dtype, address, size }) {
    return new arrays[dtype](this.#exports.memory.buffer, address, size)
  }
}

/**
 * A picture (ImageData) as a network takes it: resized, from 0 to 1, less `mean` and divided by `std`, channels first. Sizes are
 * changed bilinearly, as Pillow does it: a pixel of a smaller picture is a weighted mean of all that it covers.
 */
export function imageTensor(image, { width = image.width, height = image.height, channels = 3, mean = [0], std = [1] } = {}) {
  if (channels !== 1 && channels !== 3) throw new Error(`apus: pictures have 1 or 3 channels, and ${channels} were asked for`)
  const columns = shares(image.width, width)
  const rows = shares(image.height, height)
  const result = new Float32Array(channels * height * width)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const sum = [0, 0, 0]
      for (const [i, a] of rows[y]) {
        for (const [j, b] of columns[x]) {
          for (let c = 0; c < 3; c++) sum[c] += a * b * image.data[4 * (i * image.width + j) + c]
        }
      }
      const values = channels === 1 ? [0.299 * sum[0] + 0.587 * sum[1] + 0.114 * sum[2]] : sum
      values.forEach((value, c) => {
        result[(c * height + y) * width + x] = (value / 255 - mean[c % mean.length]) / std[c % std.length]
      })
    }
  }
  return result
}

/** For each of `to` places the numbers of those of `from` that it sees, and their shares: a triangle as wide as a place of either. */
function shares(from, to) {
  const scale = from / to
  const reach = Math.max(scale, 1)
  return Array.from({ length: to }, (_, place) => {
    const center = (place + 0.5) * scale
    const seen = []
    for (let i = Math.max(0, Math.floor(center - reach)); i < Math.min(from, Math.ceil(center + reach)); i++) {
      const share = 1 - Math.abs(i + 0.5 - center) / reach
      if (share > 0) seen.push([i, share])
    }
    const sum = seen.reduce((a, [, share]) => a + share, 0)
    return seen.map(([i, share]) => [i, share / sum])
  })
}
