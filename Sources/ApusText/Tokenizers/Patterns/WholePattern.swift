import ApusCore

/// A regular expression that a whole text must match, found out in a bounded number of steps.
package struct WholePattern: Sendable {
  private let source: String
  private let program: PatternProgram

  /// Reads an expression.
  /// - Parameters:
  ///   - file: what errors name.
  ///   - key: where in the file it stands.
  /// - Throws: `TensorError` of kind `format` where it is none, `unsupported` where nothing here matches it.
  package init(_ source: String, file: String, key: String) throws(TensorError) {
    self.source = source
    do {
      let syntax = try PatternParser.parse(Array(source.utf8), .perl)
      program = try PatternProgram(.sequence([syntax, .assertion(.end)]))
    } catch {
      throw TensorError(
        error.kind == .unsupported ? .unsupported : .format, file,
        "'\(key)' has the regular expression '\(source.prefix(60))', which cannot be read: \(error.description)")
    }
  }

  /// Whether all of `text` matches.
  /// - Parameter steps: how many steps may be taken; those that are taken are subtracted.
  /// - Throws: `TensorError` where there are too few.
  package func matches(_ text: String, steps: inout Int) throws(TensorError) -> Bool {
    var text = text
    var (found, isOver) = (false, false)
    text.withUTF8 { bytes in
      // An empty text has no address.
      let base = bytes.baseAddress ?? UnsafePointer(program.pool)
      var matcher = PatternMatcher(program, base, from: 0, to: bytes.count, steps: steps)
      do throws(PatternMistake) { found = try matcher.matches(at: 0) } catch { isOver = true }
      steps = matcher.stepsLeft
    }
    if isOver {
      throw TensorError(
        .value, "regular expression",
        "matching '\(source.prefix(60))' with '\(text.prefix(60))' takes too many steps; write it without repetitions of repetitions"
      )
    }
    return found
  }
}
