import ApusEssentials
import NewPackage
import Testing

@Suite struct NetworkTests {
  @Test func givesAScoreForEveryDigit() {
    let scores = Network()(rand([5, 1, 8, 8]))
    #expect(scores.shape == [5, 10])
  }

  /// A network without a fault learns a few examples by heart.
  @Test func learnsAFewDigits() throws {
    manualSeed(0)
    let network = Network()
    let digits = Digits(train: true)
    let (images, labels) = (digits.images[0..<32], digits.labels[0..<32])
    let optimizer = AdamW(network.parameters(), lr: 1e-2)
    var losses: [Double] = []
    for _ in 0..<40 {
      optimizer.zeroGrad()
      let loss = crossEntropy(network(images), labels)
      loss.backward()
      optimizer.step()
      losses.append(loss.item())
    }
    #expect(losses[39] < losses[0] / 4)
  }

  @Test func savedWeightsGiveTheSameScores() throws {
    let (network, copy) = (Network(), Network())
    try copy.loadStateDict(network.stateDict())
    network.eval()
    copy.eval()
    let images = rand([3, 1, 8, 8])
    #expect(copy(images).allclose(network(images)))
  }
}
