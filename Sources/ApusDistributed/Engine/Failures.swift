import ApusCore

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

// A rank that has failed in the middle of what all do: it does not come to the collectives that the others wait in. It tells them, and what they
// wait for ends with its error. What was on its way is left where it was, so no later collective can go through; each rank comes to its
// end in its own time.

extension ProcessGroup {
  /// Runs `body`, a step of a training say, as ``ApusCore/withErrors(_:)`` does; what it throws on one rank ends it on all.
  ///
  ///     try world.withErrors {
  ///       optimizer.zeroGrad()
  ///       crossEntropy(model(x), y).backward()     // a label out of range on one rank ends the step on all
  ///       optimizer.step()
  ///     }
  ///
  /// The collectives that other ranks are in, or come to, throw an error with the number of the rank that failed and its message. No collective of any group
  /// goes through after that: the program is to end, on all ranks. Calls of modules that ``fullyShard(_:group:replicas:reshardAfterForward:mixedPrecision:syncModuleStates:overlap:)`` has
  /// divided, and of a ``DistributedDataParallel`` whose gradients are reduced, tell what fails inside them by themselves, and a trainer tells all.
  ///
  /// - Throws: what `body` throws, or a mistake in a tensor expression of it.
  public func withErrors<Result>(_ body: () throws -> Result) throws -> Result {
    do { return try ApusCore.withErrors(body) } catch {
      fail(error)
      throw error
    }
  }

  /// Ends what all ranks do together, since this one has failed.
  func fail(_ error: any Error) {
    guard size > 1 else { return }
    core.engine.failAll("\(error)")
  }

  /// ``fail(_:)`` with the mistake that was reported in the innermost ``ApusCore/withErrors(_:)``, if there is one.
  func failIfFailing() {
    if let error = Context.current?.errors?.first { fail(error) }
  }
}

extension Engine {
  /// Seconds that ranks wait for each other's end after a failure.
  private static let leavingTime = 5.0

  /// Tells all others that this rank has failed, unless another has before.
  func failAll(_ text: String) {
    exclusively {
      guard failure == nil, library != nil else { return }
      breakOff(failure(of: rank, text))
      for other in 0..<size where other != rank { post(text, to: other, .failure) }
    }
  }

  /// The error of all ranks where `source` has failed with `text`.
  func failure(of source: Int, _ text: String) -> TensorError {
    TensorError(.state, "rank \(source) of \(size) (\(hosts[source]))", text)
  }

  /// Waits until all ranks have come to their end after a failure, so that none is cut short by the end of another.
  func leave() {
    exclusively {
      for other in 0..<size where other != rank { post("", to: other, .leaving) }
    }
    let deadline = Clock.seconds + Self.leavingTime
    while exclusively({ leaving.count < size - 1 }), Clock.seconds < deadline { usleep(1000) }
  }
}
