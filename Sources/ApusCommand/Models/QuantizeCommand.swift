import Apus

/// `apus quantize`: a published model with weights of few bits.
struct QuantizeCommand: Command {
  static let name = "quantize"
  static let summary = "write a published model with weights of few bits, or an ONNX model that computes with integers"
  static let help = """
    usage: apus quantize MODEL --as FORM --output PATH [--text FILE]
           apus quantize MODEL.onnx OUT.onnx|OUT.apus --calibrate FILE [--dynamic] [--report]

    Writes a model anew with matrices of few bits: a .gguf file as a .gguf file, a folder as a folder.

      --as FORM       Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q6_K, F16, BF16; for folders also int8, int4 (groups of 32), int4-128,
                      nf4, fp4, nf4-128 (blocks of 128), nf4-nested (scales in 8 bits), as bitsandbytes has them
      --output PATH   where the new model goes
      --text FILE     a text whose perplexity is measured before and after: how well the model foretells it, 1 is best
      --tokens N      how many tokens of the text are read (4096)
      --context N     how many tokens the model sees at once (512)

    An ONNX model becomes one whose convolutions and linear layers compute with integers of 8 bits, for inputs of the shape of the
    samples: in an .onnx file as pairs of QuantizeLinear and DequantizeLinear, in an .apus file as they are, for 'apus run' and
    'apus build' (C libraries that compute with bytes).

      --calibrate FILE   samples: a .npz archive of arrays that have the names of the inputs, or a .npy array for a model with one input;
                         their first dimension counts the samples
      --batch N          how many samples are one call (1)
      --method NAME      how ranges are found: minmax, moving, percentile, entropy, mse (mse)
      --float NAMES      layers that stay in floating point, separated by commas
      --least-signal DB  layers with less signal to noise, in decibels, stay in floating point too
      --keep-agreement S layers go back to floating point until the greatest result is at the same place in this share of the last
                         quarter of the samples; --keep-cosine S: until the cosine of the results is so great
      --most-float-work S, --most-float-weights S
                         how much of the multiplications and of the weights may go back, from 0 to 1
      --rounding NAME    leastChange: weights are rounded so that results change least (default); nearest
      --dynamic          ranges are found at each call; linear layers and tables only
      --report           tells what each layer loses
    """

  private let path: String
  private let output: String
  private let form: WeightForm
  /// What is to be done with an ONNX model, in place of all else.
  private let integers: IntegerQuantization?
  private let text: String?
  private let mostTokens: Int
  private let context: Int

  init(_ words: inout Words) throws {
    if let integers = try IntegerQuantization(&words) {
      self.integers = integers
      (path, output, form, text) = (integers.path, integers.output, .int8, nil)
      (mostTokens, context) = (0, 0)
      return
    }
    integers = nil
    guard let name = try words.take("--as") else { throw UsageError(message: "--as FORM is missing") }
    guard let form = WeightForm(name: name) else {
      throw UsageError(
        message:
          "'\(name)' is no form of weights; there are Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q6_K, F16, BF16, int8, int4, int4-128, nf4, fp4, nf4-nested"
      )
    }
    self.form = form
    guard let output = try words.take("--output"), !output.isEmpty else {
      throw UsageError(message: "--output PATH is missing")
    }
    self.output = output
    text = try words.take("--text")
    mostTokens = try words.takeNumber("--tokens", in: 2...100_000_000) ?? 4096
    context = try words.takeNumber("--context", in: 2...1_000_000) ?? 512
    path = try words.takeOperand("MODEL")
  }

  func run() throws {
    if let integers { return try integers.run() }
    let ids = try text.map { file in
      let text = try readText(file)
      return Array(try Tokenizer(path: path).ids(of: text).prefix(mostTokens))
    }
    let before = try ids.map { try measured(path, $0) }
    let report = try quantizeModel(path, to: output, as: form)
    print(
      "\(output): \(report.matrices) of \(report.tensors) tensors are \(form); \(megabytes(report.bytesBefore)) became "
        + "\(megabytes(report.bytesAfter))")
    guard let ids, let before else { return }
    let after = try measured(output, ids)
    print("perplexity over \(ids.count) tokens: \(before.text(digits: 4)) before, \(after.text(digits: 4)) after")
  }

  private func measured(_ path: String, _ ids: [Int]) throws -> Double {
    let model = try AutoModel.load(path, head: .causalLM, ModelLoading(dtype: nil))
    return try inference { perplexity(model, ids: ids, context: context).perplexity }
  }

  private func megabytes(_ bytes: Int) -> String { (Double(bytes) / 1e6).text(digits: 1) + " MB" }
}
