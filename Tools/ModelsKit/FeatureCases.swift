import ApusCore
import ApusFormats
import ApusModels
import FormatsKit

/// Runs recorded sounds through the preprocessors of models and compares.
enum FeatureCases {
  static func run(folder: String, only: String?, tally: inout Tally) throws {
    let tensors = try SafetensorsFile(path: "\(folder)/cases.safetensors")
    for test in try JSON(file: "\(folder)/cases.json")["cases"]?.array ?? [] {
      let name = test["name"]?.string ?? ""
      if let only, !name.contains(only) { continue }
      do {
        let error = try difference(test, folder, tensors)
        let tolerance = test["tol"]?.double ?? 1e-4
        tally.add(error <= tolerance ? .passed : .failed("error \(error)"), id: name)
      } catch {
        tally.add(.failed("\(error)"), id: name)
      }
    }
  }

  private static func difference(_ test: JSON, _ folder: String, _ tensors: SafetensorsFile) throws -> Double {
    let path = "\(folder)/\(test["config"]?.string ?? "")"
    let sound = try tensors.tensor(named: test["input"]?.string ?? "")
    let wanted = try tensors.tensor(named: test["output"]?.string ?? "")
    let rate = test["sampling_rate"]?.int
    let got =
      test["extractor"]?.string == "WhisperFeatureExtractor"
      ? try WhisperFeatureExtractor(path: path)(sound, samplingRate: rate)
      : try Wav2Vec2FeatureExtractor(path: path)(sound, samplingRate: rate)
    guard got.shape == wanted.shape else {
      throw TensorError(.shape, test["name"]?.string ?? "", "the shape is \(got.shape), expected \(wanted.shape)")
    }
    let largest: Double = wanted.abs().max().item()
    let off: Double = (got - wanted).abs().max().item()
    return off / largest
  }
}
