import ApusCore

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

// Short texts from rank to rank on a communicator of their own, beside all collectives.

/// What a text is about; the raw value is the tag that it travels with.
enum ControlSubject: Int32, CaseIterable {
  /// Where a rank is, asked of those that a late operation waits for, and what they say.
  case question = 1, answer
  /// A sign of life, with the last collective of the rank.
  case beat
  /// Who is there, asked of all, and a sign of life of those who are.
  case call, presence
  /// Why a rank ends the program: who can be reached ends for the same reason.
  case farewell
  /// What has gone wrong on a rank in the middle of what all do, and that a rank has come to its end after that.
  case failure, leaving
}

/// A text on its way.
struct ControlMessage {
  var request: MPILibrary.Handle
  let rank: Int
  let subject: ControlSubject
  let memory: UnsafeMutableRawPointer
}

extension Engine {
  /// Seconds that connections between hosts have to come to rest.
  private static let settlingTime = 0.25
  /// Bytes of a text.
  private static let byteCount = 512

  /// Sends a text. Nobody waits for its end: the receiver may be gone.
  func post(_ text: String, to rank: Int, _ subject: ControlSubject) {
    // What parting waits for may be late itself.
    guard let library, !isParting || subject == .question || subject == .answer else { return }
    releasePosted()
    // Who does not take signs of life gets no more of them, so that what waits to be sent has a bound.
    if subject == .beat, posted.contains(where: { $0.rank == rank && $0.subject == .beat }) { return }
    let memory = UnsafeMutableRawPointer.allocate(byteCount: Self.byteCount, alignment: 8)
    let bytes = memory.bindMemory(to: UInt8.self, capacity: Self.byteCount)
    bytes.update(repeating: 0, count: Self.byteCount)
    for (i, byte) in text.utf8.prefix(Self.byteCount - 1).enumerated() { bytes[i] = byte }
    var message = ControlMessage(request: 0, rank: rank, subject: subject, memory: memory)
    let status = library.send(
      memory, Int32(Self.byteCount), library.byte, Int32(rank), subject.rawValue, control, &message.request)
    if status == 0 {
      posted.append(message)
      postedCounts[rank] += 1
    } else {
      memory.deallocate()
    }
  }

  /// Gives back the memory of what has been sent, which gets on what is being sent.
  func releasePosted() {
    guard let library else { return }
    var i = 0
    while i < posted.count {
      var flag: Int32 = 0
      let status = withUnsafeTemporaryAllocation(of: Int.self, capacity: 16) { words -> Int32 in
        guard let ignored = UnsafeMutableRawPointer(words.baseAddress) else { return -1 }
        return library.test(&posted[i].request, &flag, ignored)
      }
      if status == 0, flag != 0 {
        posted[i].memory.deallocate()
        posted.remove(at: i)
      } else {
        i += 1
      }
    }
  }

  /// Stops sending texts: how many this rank has sent to each.
  func stopPosting() -> [Int] {
    isParting = true
    return postedCounts
  }

  /// Receives what others have sent, and ends what this rank has sent, for `limit` seconds at most: MPI wants no message to be under way
  /// when it ends. Between hosts the library goes on for a moment after that: `MPI_Finalize` of MPICH over UCX waits for answers of the
  /// transport from ranks that do not give any once they are in it themselves.
  /// - Parameter count: how many texts this rank gets in all.
  func drain(_ count: Int, within limit: Double) throws(TensorError) {
    let begin = Clock.seconds
    let (deadline, least) = (begin + limit, begin + (Set(hosts).count > 1 ? Self.settlingTime : 0))
    var isDone = false
    while !isDone || Clock.seconds < least, Clock.seconds < deadline {
      isDone = try exclusively { () throws(TensorError) in
        while receivedMessage() != nil {}
        releasePosted()
        return receivedCount >= count && posted.isEmpty
      }
      usleep(200)
    }
  }

  /// A text that has come; nil: none.
  func receivedMessage() -> (source: Int, subject: ControlSubject, text: String)? {
    guard let library else { return nil }
    for subject in ControlSubject.allCases {
      let source = withUnsafeTemporaryAllocation(of: Int.self, capacity: 16) { words -> Int32? in
        words.initialize(repeating: 0)
        guard let status = UnsafeMutableRawPointer(words.baseAddress) else { return nil }
        var flag: Int32 = 0
        let result = library.probe(library.anySource, subject.rawValue, control, &flag, status)
        guard result == 0, flag != 0 else { return nil }
        return status.load(fromByteOffset: library.sourceOffset, as: Int32.self)
      }
      guard let source else { continue }
      var bytes = [UInt8](repeating: 0, count: Self.byteCount)
      let status = bytes.withUnsafeMutableBytes { bytes in
        withUnsafeTemporaryAllocation(of: Int.self, capacity: 16) { words -> Int32 in
          guard let status = UnsafeMutableRawPointer(words.baseAddress) else { return -1 }
          return library.receiveNow(
            bytes.baseAddress, Int32(bytes.count), library.byte, source, subject.rawValue, control, status)
        }
      }
      guard status == 0 else { return nil }
      receivedCount += 1
      return (Int(source), subject, String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self))
    }
    return nil
  }
}
