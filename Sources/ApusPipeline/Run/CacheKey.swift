import Apus
import ApusFormats

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The digest of all on which a step's result depends.
func cacheKey(
  _ step: PipelineStep, inputs: [(key: String, artifacts: [Artifact])]
) throws(TensorError) -> String {
  var taken: [String: SettingValue] = [:]
  for (key, artifacts) in inputs {
    // What is known of an artifact beside its contents can change what a step does.
    taken[key] = .list(artifacts.map { .list([.string($0.digest), .dictionary($0.properties)]) })
  }
  var files: [SettingValue] = []
  for path in step.files {
    guard fileExists(path) else {
      throw TensorError(.file, path, "the step '\(step.name)' needs this file, which is not there")
    }
    files.append(.list([.string(splitPath(path).name), .string(try contentDigest(path))]))
  }
  let version: String
  if let told = step.version { version = told } else { version = try programVersion() }
  let text = SettingValue.dictionary([
    "format": 1, "type": .string(step.type), "version": .string(version),
    "parameters": .dictionary(step.parameters), "inputs": .dictionary(taken), "files": .list(files),
    "outputs": .list(step.outputs.map { .list([.string($0.key), .string($0.type)]) }),
  ]).json
  return SHA256.hexadecimal(of: text)
}

private let known = Lock<String?>(nil)

/// The digest of the program that runs.
private func programVersion() throws(TensorError) -> String {
  if let version = known.withLock({ $0 }) { return version }
  let path = fileExists("/proc/self/exe") ? "/proc/self/exe" : CommandLine.arguments.first ?? ""
  let version = "program " + (try SHA256.hexadecimal(ofFile: path))
  known.withLock { $0 = version }
  return version
}
