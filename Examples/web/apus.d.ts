/** The element types of arguments and results, by Apus's names. */
export type DType = "float32" | "float64" | "int64" | "int32" | "int16" | "int8" | "uint8" | "bool"

/** What holds the elements of a result. */
export type Elements =
  | Float32Array | Float64Array | BigInt64Array | Int32Array | Int16Array | Int8Array | Uint8Array

/** The elements of an argument, row-major. */
export type Values = ArrayLike<number> | BigInt64Array

/** An argument or result of a function, or what is kept between calls. */
export interface Parameter {
  /** `in0`, `in1` ..., `out0` ..., or the name of a state. */
  readonly name: string
  readonly dtype: DType
  /** Row-major. */
  readonly shape: readonly number[]
  /** How many elements it has. */
  readonly size: number
}

/** Functions with arguments and results of fixed shapes, and what they keep between calls. */
export class Model {
  readonly name: string
  /** What `call` can be told. */
  readonly functions: readonly string[]
  /** The arguments of the first function. */
  readonly inputs: readonly Parameter[]
  /** The results of the first function. */
  readonly outputs: readonly Parameter[]
  /** What is kept between calls. */
  readonly state: readonly Parameter[]
  /** The bytes of the file of weights; 0 where they are in the module. */
  readonly weightsSize: number
  /**
   * Runs the first function on one array for each argument, and gives one typed array for each result.
   * @throws where there are other numbers of arrays or elements than the function takes.
   */
  run(...values: Values[]): Elements[]
  /** Runs a function by its name. */
  call(name: string, ...values: Values[]): Elements[]
  /** The arguments and results of a function; undefined where there is none. */
  about(name: string): { inputs?: readonly Parameter[], outputs?: readonly Parameter[] }
  /** A copy of what is kept under a name. */
  read(name: string): Elements
  /** Changes what is kept under a name. */
  write(name: string, values: Values): void
  /** Lets what is kept begin anew. */
  reset(): void
}

/** Where bytes come from. */
export type Bytes = BufferSource | Response

/** Compiles a module once, for several calls of `load`. */
export function compile(source: Bytes | Promise<Bytes>): Promise<WebAssembly.Module>

/** What `load` is told. */
export interface Loading {
  /** The file of weights beside the module. */
  weights?: Bytes | Promise<Bytes>
  /** Is told how many bytes of the weights have come, and how many there are. */
  progress?: (loaded: number, total: number) => void
  /** How many threads run, of a module that is for several; 1 if not told. */
  threads?: number
}

/** Loads a module from its bytes, a Response (or a promise of either), or a compiled module. */
export function load(
  source: Bytes | WebAssembly.Module | Promise<Bytes | WebAssembly.Module>, options?: Loading
): Promise<Model>

/** Whether threads may share memory here: in Node, and in pages that their server isolates. */
export function sharesMemory(): boolean

/** How a picture becomes numbers. */
export interface ImageOptions {
  width?: number
  height?: number
  /** 1 is grey. */
  channels?: 1 | 3
  /** Of each channel, or of all; 0 if not told. */
  mean?: readonly number[]
  /** Of each channel, or of all; 1 if not told. */
  std?: readonly number[]
}

/** A picture as a network takes it: resized, from 0 to 1, less `mean` and divided by `std`, channels first. */
export function imageTensor(image: ImageData, options?: ImageOptions): Float32Array
