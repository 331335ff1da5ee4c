// A single batch, as PyTorch's users take one: `next(iter(loader))`.

/// A pass over a sequence whose elements are taken one by one with ``next(_:)``.
public final class SinglePass<Element>: Sequence, IteratorProtocol {
  private let take: () -> Element?

  init<Base: Sequence>(_ base: Base) where Base.Element == Element {
    var iterator = base.makeIterator()
    take = { iterator.next() }
  }

  public func next() -> Element? { take() }
}

/// A pass over `sequence`: `let batches = iter(loader)`, then `next(batches)`.
public func iter<Base: Sequence>(_ sequence: Base) -> SinglePass<Base.Element> { SinglePass(sequence) }

/// The next element: `let (images, labels) = next(iter(loader))`. There must be one; `batches.next()` gives nil at the end.
public func next<Element>(_ pass: SinglePass<Element>) -> Element {
  guard let element = pass.next() else {
    preconditionFailure(
      "next: the sequence has ended; loop with for, or take elements with .next(), which gives nil at the end")
  }
  return element
}
