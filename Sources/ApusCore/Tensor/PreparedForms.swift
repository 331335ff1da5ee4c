import CKernels
import Synchronization

// What engines make of a weight for themselves: blocks of rows, transformed filters. Made anew in every call it takes a good
// part of the time where few rows are multiplied by a large weight; so it is kept with the elements until they change.

/// A weight as an engine wants it, to be made from the elements of a block of memory.
package protocol PreparedForm: AnyObject, Sendable {
  /// The memory that it takes.
  var byteCount: Int { get }
  /// Whether it is made; makes it if `mayMake` says so. One thread makes it, others wait.
  func isMade(_ mayMake: () -> Bool) -> Bool
}

/// The forms of one block that engines have asked for.
package final class PreparedForms: Sendable {
  /// By the address of the elements: the weights of a program's file are one block.
  private let entries = Lock<[UInt: [any PreparedForm]]>([:])

  /// How many forms of one place are looked through, and how many places there are.
  private static let (mostForms, mostPlaces) = (16, 4096)
  /// What all forms of the program take together, and may take.
  private static let taken = Atomic<Int>(0)
  private static let limit: Int = {
    if let told = DynamicLibrary.environment("APUS_PREPARED_MB").flatMap({ Int($0) }) { return max(0, told) << 20 }
    return min(1 << 30, CPUInfo.memoryBytes / 8)
  }()

  fileprivate func prepared<Form: PreparedForm>(
    of place: UnsafeRawPointer, _ fits: (Form) -> Bool, _ new: () -> Form
  ) -> Form? {
    let place = UInt(bitPattern: place)
    let known: Form? = entries.withLock { entries in
      guard let forms = entries[place] else {
        // Parts of a weight that are used one after the other may be too many to be worth it.
        if entries.count < Self.mostPlaces { entries[place] = [new()] }
        return nil
      }
      for case let form as Form in forms where fits(form) { return form }
      if forms.count < Self.mostForms { entries[place]?.append(new()) }
      return nil
    }
    guard let known, known.isMade({ Self.takeRoom(for: known.byteCount) }) else { return nil }
    return known
  }

  private static func takeRoom(for bytes: Int) -> Bool {
    guard taken.add(bytes, ordering: .relaxed).newValue > limit else { return true }
    taken.subtract(bytes, ordering: .relaxed)
    return false
  }

  deinit {
    for forms in entries.withLock({ $0 }).values {
      for form in forms where form.isMade({ false }) { Self.taken.subtract(form.byteCount, ordering: .relaxed) }
    }
  }
}

/// Held while it is looked up which forms a block has.
private let formsOfBlocks = Lock<Void>(())

extension Storage {
  fileprivate var isLasting: Bool { withUnsafeMutablePointerToHeader { ck_flag_get(&$0.pointee.isLasting) } }

  /// Marks the elements as such that many calls read before they change: a variable's, or a constant of a program.
  @inline(__always)
  func setLasting() {
    withUnsafeMutablePointerToHeader { ck_flag_raise(&$0.pointee.isLasting) }
  }

  /// An object that stays the same as long as the elements do.
  var era: PreparedForms {
    formsOfBlocks.withLock { _ in
      withUnsafeMutablePointerToHeader { header in
        if let forms = header.pointee.forms { return forms }
        let forms = PreparedForms()
        header.pointee.forms = forms
        return forms
      }
    }
  }

  /// Forgets the forms. Nobody else holds the block, or looks which forms it has.
  @inline(__always)
  func forgetForms() {
    withUnsafeMutablePointerToHeader { if $0.pointee.forms != nil { $0.pointee.forms = nil } }
  }
}

extension Tensor {
  /// Says that many calls will read the elements before they change, as those of a variable: engines keep forms of them.
  package func markLasting() {
    if !hasFailed, !body.flags.contains(.device) { body.storage.setLasting() }
  }
}

extension TensorBody {
  /// Whether an operation on `x` and this weight keeps forms of it. One that takes part in training does not, and ends those that
  /// there are, so that training has the memory.
  package func keepsForms(beside x: TensorBody) -> Bool {
    guard Context.isTraining(flags.union(x.flags)) else { return true }
    if storage.isLasting { formsOfBlocks.withLock { _ in storage.forgetForms() } }
    return false
  }

  /// The form of the elements from `place` on that `fits`, if it is kept or worth keeping now.
  ///
  /// Nil for elements that are neither a variable's nor marked as such (``Tensor/markLasting()``), where nobody has asked for this
  /// form since they changed, or where there is no room.
  /// `APUS_PREPARED_MB` says how much all forms may take together; the default is 1 GiB or an eighth of the memory, if that is less.
  ///
  /// - Parameter new: the form, not made yet.
  package func prepared<Form: PreparedForm>(
    of place: UnsafeRawPointer, where fits: (Form) -> Bool, _ new: () -> Form
  ) -> Form? {
    let storage = storage
    guard storage.isLasting else { return nil }
    let forms = formsOfBlocks.withLock { _ in
      storage.withUnsafeMutablePointerToHeader { header in
        if let forms = header.pointee.forms { return forms }
        let forms = PreparedForms()
        header.pointee.forms = forms
        return forms
      }
    }
    return forms.prepared(of: place, fits, new)
  }
}
