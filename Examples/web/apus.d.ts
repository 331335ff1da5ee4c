/** The element types of arguments and results, by Apus's names. */
export type DType = "float32" | "float64" | "int64" | "int32" | "int16" | "int8" | "uint8" | "bool"

/** What holds the elements of a result. */
export type Elements =
  | Float32Array | Float64Array | BigInt64Array | Int32Array | Int16Array | Int8Array | Uint8Array

/** An argument or result of a model. */
export interface Parameter {
  /** `in0`, `in1` ..., `out0` ... */
  readonly name: string
  readonly dtype: DType
  /** Row-major. */
  readonly shape: readonly number[]
  /** How many elements it has. */
  readonly size: number
}

/** A network with arguments and results of fixed shapes. */
export class Model {
  readonly name: string
  readonly inputs: readonly Parameter[]
  readonly outputs: readonly Parameter[]
  /**
   * Runs on one array for each argument, and gives one typed array for each result.
   * @throws where there are other numbers of arrays or elements than the model takes.
   */
  run(...values: (ArrayLike<number> | BigInt64Array)[]): Elements[]
}

/** Loads a module from its bytes, a Response (or a promise of either), or a compiled module. */
export function load(
  source: BufferSource | Response | WebAssembly.Module | Promise<BufferSource | Response>
): Promise<Model>
