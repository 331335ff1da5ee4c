import ApusCore
import ApusFormats
import Foundation

/// One recorded file of a set and what is to come of it.
package struct FormatCase: Sendable {
  package let id: String
  package let json: JSON
  /// The folder of the group, from which the paths of the case start.
  package let folder: String

  /// What must come: the recorded result, an error, or either.
  package enum Expectation: String, Sendable {
    case ok, refuse, either
  }

  package let expectation: Expectation

  /// The path under `key`, from the current folder; one that begins with `/` stands as it is.
  package func path(_ key: String) throws -> String {
    guard let name = json[key]?.string else { throw JSON.SyntaxError(description: "\(id): there is no '\(key)'") }
    return path(of: name)
  }

  /// The path of a file of the case, from the current folder; one that begins with `/` stands as it is.
  func path(of name: String) -> String { name.hasPrefix("/") ? name : "\(folder)/\(name)" }
}

/// A difference between what was read and what was recorded.
package struct FormatDifference: Error, CustomStringConvertible {
  package let description: String
  package init(_ description: String) { self.description = description }
}

/// A kind of case that nothing here runs; such cases are skipped.
package struct UnknownKind: Error {
  package let name: String
  package init(_ name: String) { self.name = name }
}

/// The files of one group (`torch`, `numpy`, ...) of a set.
package struct FormatGroup: Sendable {
  package let name: String
  package let cases: [FormatCase]

  /// What reads a case of each group and compares it; throws a ``FormatDifference`` where it is not what was recorded,
  /// and the reader's error where it cannot be read.
  static let runners: [String: @Sendable (FormatCase) throws -> Void] = [
    "torch": runTorchCase, "numpy": runNumpyCase, "gguf": runGGUFCase, "keras": KerasCases.run,
    "keras2": KerasCases.run,
    "onnx": runONNXCase, "images": ImagesCases.run, "metrics": MetricsCases.run,
    "tabular": TabularCases.run, plainFiles: readPlainFile,
  ]

  /// The group of files of which nothing is recorded: they are only read.
  package static let plainFiles = "files"

  /// Names of the groups in the folder `path`, in alphabetical order; a folder of mere files is one group, ``plainFiles``.
  package static func names(in path: String) throws -> [String] {
    let groups = try FileManager.default.contentsOfDirectory(atPath: path)
      .filter { FileManager.default.fileExists(atPath: "\(path)/\($0)/cases.json") }.sorted()
    return groups.isEmpty ? [plainFiles] : groups
  }

  /// Reads `<path>/<name>/cases.json`.
  package init(name: String, in path: String) throws {
    self.name = name
    if name == Self.plainFiles {
      cases = try FileManager.default.contentsOfDirectory(atPath: path).sorted().map { file in
        FormatCase(id: file, json: .object(["file": .string(file)]), folder: path, expectation: .ok)
      }
      return
    }
    let folder = "\(path)/\(name)"
    let json = try JSON(parsing: Data(contentsOf: URL(fileURLWithPath: "\(folder)/cases.json")))
    cases = try (json["cases"]?.array ?? []).map { item in
      guard let id = item["id"]?.string,
        let expectation = item["expect"]?.string.flatMap(FormatCase.Expectation.init(rawValue:))
      else { throw JSON.SyntaxError(description: "\(folder)/cases.json: a case without id or expect") }
      return FormatCase(id: id, json: item, folder: folder, expectation: expectation)
    }
  }

  /// Runs one case and judges what came of it.
  package func run(_ item: FormatCase) -> Outcome {
    guard let runner = Self.runners[name] else { return .skipped(name, "nothing reads this group") }
    let marker = item.json["marker"]?.string
    do {
      try runner(item)
      if let fault = left(by: marker, beside: item) { return .failed(fault) }
      return item.expectation == .refuse ? .failed("was read, and should be refused") : .passed
    } catch let difference as FormatDifference {
      return .failed(difference.description)
    } catch let kind as UnknownKind {
      return .skipped("\(name)/\(kind.name)", "cases of this kind are not run")
    } catch {
      if let fault = left(by: marker, beside: item) { return .failed(fault) }
      guard item.expectation != .ok else { return .failed("\(error)") }
      return missingWords(of: "\(error)", in: item).map { .failed($0) } ?? .passed
    }
  }

  /// The file that a hostile case would make, where it is there.
  private func left(by marker: String?, beside item: FormatCase) -> String? {
    guard let marker else { return nil }
    let places = [marker, "\(item.folder)/\(marker)", "\(item.folder)/hostile/\(marker)"]
    return places.first { FileManager.default.fileExists(atPath: $0) }.map { "the file \($0) was made" }
  }

  private func missingWords(of message: String, in item: FormatCase) -> String? {
    for word in item.json["message_contains"]?.array ?? [] {
      if let word = word.string, !message.contains(word) { return "the message lacks '\(word)': \(message)" }
    }
    let any = item.json["message_contains_any"]?.array?.compactMap(\.string) ?? []
    guard any.isEmpty || any.contains(where: message.contains) else {
      return "the message has none of \(any): \(message)"
    }
    return nil
  }
}
