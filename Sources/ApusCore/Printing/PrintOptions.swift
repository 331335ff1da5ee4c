/// How tensors are written as text, with PyTorch's options and defaults.
public struct PrintOptions: Sendable, Hashable {
  /// Digits after the decimal point.
  public var precision = 4
  /// Tensors with more elements than this are summarised.
  public var threshold = 1000
  /// Elements at the beginning and the end of each dimension of a summary.
  public var edgeItems = 3
  /// Characters a line; longer rows are broken.
  public var lineWidth = 80
  /// Scientific notation always (true), never (false), or where the values call for it (nil).
  public var sciMode: Bool?

  /// The default profile.
  public init() {}

  /// PyTorch's named sets of options.
  public enum Profile: String, Sendable, Hashable, NamedChoice {
    /// Four digits, summaries from 1001 elements on.
    case `default`
    /// Two digits and two edge items.
    case short
    /// As the default, but never summarised.
    case full
  }

  /// Sets all but `sciMode` to those of `profile`.
  public mutating func apply(_ profile: Profile) {
    precision = profile == .short ? 2 : 4
    threshold = profile == .full ? Int.max : 1000
    edgeItems = profile == .short ? 2 : 3
    lineWidth = 80
  }

  /// The options in force.
  public static var current: PrintOptions { shared.withLock { $0 } }

  fileprivate static let shared = Lock(PrintOptions())
}

/// Sets the options for printing tensors, as `torch.set_printoptions`: first the profile, then what is given beside it.
/// `sciMode` is set in every call: left out, notation is chosen by the values again.
public func setPrintOptions(
  precision: Int? = nil, threshold: Int? = nil, edgeItems: Int? = nil, lineWidth: Int? = nil,
  profile: PrintOptions.Profile? = nil, sciMode: Bool? = nil
) {
  PrintOptions.shared.withLock { options in
    if let profile { options.apply(profile) }
    if let precision { options.precision = max(precision, 0) }
    if let threshold { options.threshold = threshold }
    if let edgeItems { options.edgeItems = max(edgeItems, 0) }
    if let lineWidth { options.lineWidth = lineWidth }
    options.sciMode = sciMode
  }
}
