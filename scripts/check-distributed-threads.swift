import ApusCore
import ApusDistributed
import Glibc

// What the thread sanitizer watches, see check-distributed-threads.sh: collectives and messages that several threads start and wait for,
// while the thread of the engine gets them on, answers others and sends signs of life.

/// Ends the program where `condition` does not hold.
func check(_ condition: Bool, _ what: String) {
  if !condition {
    print("wrong: \(what)")
    fflush(nil)
    exit(1)
  }
}

/// Runs `body` in `count` threads of their own, and comes back when all have ended.
func inThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
  let done = Lock(0)
  for i in 0..<count {
    let isStarted = startThread {
      body(i)
      done.withLock { $0 += 1 }
    }
    check(isStarted, "a thread")
  }
  while done.withLock({ $0 }) < count { usleep(200) }
}

func numbers(_ tensor: Tensor) -> [Double] { tensor.array(as: Double.self) }

let world = try initProcessGroup(timeout: .seconds(240))
let (rank, size) = (world.rank, world.size)
let sum = Double(size * (size - 1) / 2)
let own = Tensor((0..<5000).map { Double(rank + $0 % 3) }, dtype: .float64)
let whole = (0..<5000).map { sum + Double(size * ($0 % 3)) }

for _ in 0..<20 {
  check(numbers(try world.allReduce(own)) == whole, "allReduce")
  check(try world.allGather(own).enumerated().allSatisfy { numbers($1)[0] == Double($0) }, "allGather")
  check(numbers(try world.broadcast(own, from: size - 1))[0] == Double(size - 1), "broadcast")
  check(try world.gather(own, to: 0).map { $0.count == size } ?? (rank != 0), "gather")
  let parts = try world.allToAll((0..<size).map { _ in own })
  check(parts.enumerated().allSatisfy { numbers($1)[0] == Double($0) }, "allToAll")
  try world.barrier()
}

// Several that nobody waits for yet; then several threads wait.
for _ in 0..<10 {
  let works = try (0..<8).map { _ in try world.startAllReduce(own, .max) }
  usleep(2000)
  let found = Lock([Int: Double]())
  inThreads(8) { i in
    let value = (try? works[i].wait()).map { numbers($0)[0] } ?? -1
    found.withLock { $0[i] = value }
  }
  let values = found.withLock { $0.values.map { $0 } }
  check(values == [Double](repeating: Double(size - 1), count: 8), "several threads that wait")
}

// Several threads that start collectives, each of a group of its own.
let groups = try (0..<3).compactMap { _ in try world.split(color: 0) }
check(groups.count == 3, "groups")
let right = Lock(0)
inThreads(3) { i in
  for _ in 0..<30 {
    if let value = try? groups[i].allReduce(own), numbers(value) == whole { right.withLock { $0 += 1 } }
  }
}
check(right.withLock { $0 } == 90, "collectives of several groups")
for group in groups { try group.free() }

// Messages in a ring, large ones too, with collectives on the way.
let (next, previous) = ((rank + 1) % size, (rank + size - 1) % size)
for i in 0..<20 {
  let count = i % 2 == 0 ? 10 : 40_000
  let coming = try world.startReceive([count], dtype: .float64, from: previous, tag: i)
  let reduced = try world.startAllReduce(own)
  try world.send(Tensor([Double](repeating: Double(rank), count: count), dtype: .float64), to: next, tag: i)
  check(numbers(try coming.wait()).allSatisfy { $0 == Double(previous) }, "messages")
  check(numbers(try reduced.wait()) == whole, "a collective beside a message")
}
check(try world.allGatherObject("\(rank)") == (0..<size).map { "\($0)" }, "allGatherObject")

// A pause in which only the engine is at work.
usleep(1_500_000)
try world.barrier()
try destroyProcessGroup()
if rank == 0 { print("all is right on \(size) ranks") }
