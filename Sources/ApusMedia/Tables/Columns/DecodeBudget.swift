import ApusCore

/// What a file may grow to when it is decoded. A few bytes can stand for very many values: what is far more than files have
/// is refused before memory is taken.
package final class DecodeBudget {
  private var left: Int
  private let limit: Int
  private let name: String

  /// - Parameter limit: the most bytes; nil for 64 MiB and a thousand times the file's size.
  package init(fileSize: Int, limit: Int?, name: String) {
    self.limit = limit ?? (64 << 20) + fileSize.multipliedReportingOverflow(by: 1000).partialValue
    left = self.limit
    self.name = name
  }

  /// Counts `count` times `size` bytes.
  /// - Throws: `TensorError` of kind `format` where there are more than the limit.
  package func spend(_ count: Int, of size: Int = 1) throws(TensorError) {
    let (bytes, over) = count.multipliedReportingOverflow(by: size)
    guard count >= 0, !over, bytes <= left else {
      throw TensorError(
        .format, name,
        "the decoded values take more than \(limit) bytes, far more than a file of this size has; if it is sound, give a "
          + "larger limit")
    }
    left -= bytes
  }
}
