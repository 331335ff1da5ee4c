import Apus
import Testing

/// Each example is its number and a random fraction.
private struct Noise: Dataset {
  let count = 7
  subscript(i: Int) -> Tensor { rand([1]) + Double(i) }
}

/// The same as a stream, of which each worker gives its part.
private struct NoiseStream: IterableDataset {
  func makeIterator() -> AnyIterator<Tensor> {
    let worker = getWorkerInfo()
    var next = worker?.id ?? 0
    let step = worker?.numWorkers ?? 1
    return AnyIterator {
      defer { next += step }
      return next < 7 ? rand([1]) + Double(next) : nil
    }
  }
}

/// Expected values: the same datasets and loaders in PyTorch, with the number that the default generator gives afterwards.
/// Tests that seed the default generator follow one another.
@Suite(.serialized) struct WorkerRandomTests {
  private func passes(_ loader: DataLoader<Tensor>) -> ([[Double]], Double) {
    manualSeed(3)
    let drawn = (0..<2).map { _ in loader.flatMap { $0.array(as: Double.self) } }
    return (drawn, rand([1]).item())
  }

  private func expectNear(_ found: ([[Double]], Double), _ values: [[Double]], _ next: Double) {
    #expect(found.0.map(\.count) == values.map(\.count))
    for (a, b) in zip(found.0.joined(), values.joined()) { #expect(abs(a - b) < 1e-6) }
    #expect(abs(found.1 - next) < 1e-7)
  }

  @Test func drawsInOrder() {
    expectNear(
      passes(DataLoader(Noise(), batchSize: 2)),
      [
        [
          0.2858424782752991, 1.0269548892974854, 2.471614360809326, 3.0601162910461426, 4.7718658447265625,
          5.743699550628662, 6.59442138671875,
        ],
        [
          0.7994906306266785, 1.1498408317565918, 2.4014687538146973, 3.0541768074035645, 4.459405422210693,
          5.175605297088623, 6.949182987213135,
        ],
      ], 0.8473186492919922)
    expectNear(
      passes(DataLoader(Noise(), batchSize: 2, numWorkers: 1)),
      [
        [
          0.2876076102256775, 1.686290979385376, 2.602046489715576, 3.694934368133545, 4.936009407043457,
          5.746989727020264, 6.558281421661377,
        ],
        [
          0.09746849536895752, 1.323024034500122, 2.074019193649292, 3.588040828704834, 4.063993453979492,
          5.806012153625488, 6.314932823181152,
        ],
      ], 0.47161436080932617)
    expectNear(
      passes(DataLoader(Noise(), batchSize: 2, numWorkers: 3)),
      [
        [
          0.2876076102256775, 1.686290979385376, 2.7470176219940186, 3.829040765762329, 4.254077911376953,
          5.621582984924316, 6.602046489715576,
        ],
        [
          0.09746849536895752, 1.323024034500122, 2.0489654541015625, 3.2802958488464355, 4.510259628295898,
          5.657415390014648, 6.074019432067871,
        ],
      ], 0.47161436080932617)
  }

  @Test func drawsInRandomOrder() {
    expectNear(
      passes(DataLoader(Noise(), batchSize: 2, shuffle: true)),
      [
        [
          3.471614360809326, 2.0601162910461426, 5.7718658447265625, 4.743699550628662, 1.594421148300171,
          0.887856662273407, 6.45103120803833,
        ],
        [
          3.4594051837921143, 0.17560523748397827, 2.9491829872131348, 4.847318649291992, 5.874855995178223,
          6.648310661315918, 1.2147576808929443,
        ],
      ], 0.94930499792099)
    expectNear(
      passes(DataLoader(Noise(), batchSize: 2, shuffle: true, numWorkers: 2)),
      [
        [
          3.2876076698303223, 2.686290979385376, 5.7470173835754395, 4.829041004180908, 1.6020464897155762,
          0.6949343085289001, 6.682488441467285,
        ],
        [
          3.9488275051116943, 1.6456034183502197, 6.727867603302002, 0.7626070976257324, 2.531853199005127,
          4.325748443603516, 5.4549665451049805,
        ],
      ], 0.5944212079048157)
  }

  @Test func generatorsOfTheLoader() {
    manualSeed(3)
    let loader = DataLoader(Noise(), batchSize: 2, shuffle: true, numWorkers: 2, generator: Generator(seed: 5))
    let drawn = (0..<2).map { _ in loader.flatMap { $0.array(as: Double.self) } }
    expectNear(
      (drawn, rand([1]).item()),
      [
        [
          2.7106006145477295, 4.348305702209473, 3.2905187606811523, 5.585715293884277, 0.6387555003166199,
          6.65574836730957, 1.2935268878936768,
        ],
        [
          4.909224033355713, 1.567838430404663, 0.9546540379524231, 2.1444272994995117, 3.2831432819366455,
          6.146368503570557, 5.643013000488281,
        ],
      ], 0.004263520240783691)
  }

  @Test func workersThatStayGoOn() {
    expectNear(
      passes(DataLoader(Noise(), batchSize: 2, shuffle: true, numWorkers: 2, persistentWorkers: true)),
      [
        [
          3.2876076698303223, 2.686290979385376, 5.7470173835754395, 4.829041004180908, 1.6020464897155762,
          0.6949343085289001, 6.682488441467285,
        ],
        [
          1.9360095262527466, 2.7469897270202637, 4.693934440612793, 3.2907702922821045, 0.558281421661377,
          5.910769462585449, 6.056942462921143,
        ],
      ], 0.7718658447265625)
  }

  @Test func streams() {
    let inOrder = [
      [
        0.2858424782752991, 1.0269548892974854, 2.471614360809326, 3.0601162910461426, 4.7718658447265625,
        5.743699550628662, 6.59442138671875,
      ],
      [
        0.7994906306266785, 1.1498408317565918, 2.4014687538146973, 3.0541768074035645, 4.459405422210693,
        5.175605297088623, 6.949182987213135,
      ],
    ]
    expectNear(passes(DataLoader(NoiseStream(), batchSize: 2)), inOrder, 0.8473186492919922)
    expectNear(
      passes(DataLoader(NoiseStream(), batchSize: 2, numWorkers: 2)),
      [
        [
          0.2876076102256775, 2.686290979385376, 1.7470176219940186, 3.829040765762329, 4.602046489715576,
          6.694934368133545, 5.682488441467285,
        ],
        [
          0.09746849536895752, 2.323024034500122, 1.0489654541015625, 3.2802958488464355, 4.074019432067871,
          6.588040828704834, 5.655880928039551,
        ],
      ], 0.47161436080932617)
    expectNear(
      passes(DataLoader(NoiseStream(), batchSize: 2, numWorkers: 3)),
      [
        [
          0.2876076102256775, 3.686290979385376, 1.7470176219940186, 4.829041004180908, 2.254077911376953,
          5.621582984924316, 6.602046489715576,
        ],
        [
          0.09746849536895752, 3.323024034500122, 1.0489654541015625, 4.2802958488464355, 2.5102596282958984,
          5.657415390014648, 6.074019432067871,
        ],
      ], 0.47161436080932617)
    let full = DataLoader(NoiseStream(), batchSize: 2, numWorkers: 2, dropLast: true)
    #expect(full.map { $0.shape[0] } == [2, 2, 2])
    #expect(throws: TensorError.self) { try withErrors { full.count } }
    #expect(throws: TensorError.self) { try withErrors { DataLoader(NoiseStream(), numWorkers: -1) } }
  }

  @Test func workersAreInitialised() {
    // A seed of one's own in each worker: its first example is the first number of that stream.
    let loader = DataLoader(Noise(), batchSize: 1, numWorkers: 2, workerInitFn: { id in manualSeed(id + 10) })
    let drawn = loader.map { $0.item() }
    for worker in 0..<2 {
      let expected = Double(rand([1], generator: Generator(seed: UInt64(worker + 10))).item()) + Double(worker)
      #expect(abs(Double(drawn[worker]) - expected) < 1e-6)
    }
    struct Refusal: Error {}
    let refusing = DataLoader(Noise(), numWorkers: 2, workerInitFn: { _ in throw Refusal() })
    var batches = refusing.makeIterator()
    #expect(throws: Refusal.self) { try batches.nextBatch() }
    #expect(getWorkerInfo()?.id == nil)
  }
}
