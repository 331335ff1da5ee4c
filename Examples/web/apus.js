// Runs WebAssembly modules that Apus writes (`exportWebAssembly`, or `CLibrary.write(.webAssembly, to:)`), in browsers and Node.
//
//   import { load } from "./apus.js"
//   const model = await load(fetch("digits.wasm"))
//   const [logits] = model.run(pixels)

const arrays = {
  float32: Float32Array, float64: Float64Array, int64: BigInt64Array, int32: Int32Array, int16: Int16Array,
  int8: Int8Array, uint8: Uint8Array, bool: Uint8Array,
}

/** Loads a module from its bytes, a Response (or a promise of either), or a compiled WebAssembly.Module. */
export async function load(source) {
  let given = await source
  if (typeof Response !== "undefined" && given instanceof Response) {
    if (!given.ok) throw new Error(`apus: ${given.url} cannot be read: ${given.status} ${given.statusText}`)
    given = await given.arrayBuffer()
  }
  const module = given instanceof WebAssembly.Module ? given : await WebAssembly.compile(given)
  const instance = await WebAssembly.instantiate(module, {})
  return new Model(instance.exports)
}

/** A network with arguments and results of fixed shapes. */
export class Model {
  #exports
  #run

  constructor(exports) {
    const about = Object.keys(exports).find((name) => name.endsWith("_about"))
    if (!about || !exports.memory) throw new Error("apus: the module was not written by Apus: it does not say what it is")
    const bytes = new Uint8Array(exports.memory.buffer)
    const start = exports[about]()
    const text = new TextDecoder().decode(bytes.slice(start, bytes.indexOf(0, start)))
    const { name, inputs, outputs } = JSON.parse(text)
    const described = (kind) => (one, i) => {
      if (!arrays[one.dtype]) throw new Error(`apus: ${one.name} has elements of type ${one.dtype}, for which there is no array`)
      const size = one.shape.reduce((a, b) => a * b, 1)
      return Object.freeze({ ...one, size, address: exports[`${name}_${kind}`](i) })
    }
    this.name = name
    this.inputs = inputs.map(described("input"))
    this.outputs = outputs.map(described("output"))
    this.#exports = exports
    this.#run = exports[`${name}_run`]
  }

  /** Runs on one array (or list of numbers) for each argument, row-major; gives one typed array for each result. */
  run(...values) {
    if (values.length !== this.inputs.length) {
      throw new Error(`apus: ${this.name} takes ${this.inputs.length} arrays, and got ${values.length}`)
    }
    this.inputs.forEach((input, i) => {
      if (values[i].length !== input.size) {
        throw new Error(
          `apus: ${input.name} of ${this.name} has shape [${input.shape}], which is ${input.size} numbers, and got ${values[i].length}`)
      }
      this.#view(input).set(values[i])
    })
    this.#run()
    return this.outputs.map((output) => this.#view(output).slice())
  }

  #view({ dtype, address, size }) {
    return new arrays[dtype](this.#exports.memory.buffer, address, size)
  }
}
