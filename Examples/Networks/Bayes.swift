import Apus

// How brains grow with bodies: a line through the logarithms, with the uncertainty of slope, intercept and spread. The posterior
// is taken for a product of simple distributions, whose parameters are trained (variational inference).
//
//   swift run -c release examples bayes

/// What 62 mammals and their brains weigh, in kilograms and grams (measured values as in T. Allison and D. V. Cicchetti, "Sleep in
/// mammals", Science 194, 1976; numbers of nature, which belong to nobody).
public let mammals: [(name: String, body: Double, brain: Double)] = [
  ("Arctic fox", 3.385, 44.5), ("owl monkey", 0.48, 15.5), ("mountain beaver", 1.35, 8.1), ("cow", 465, 423),
  ("grey wolf", 36.33, 119.5), ("goat", 27.66, 115), ("roe deer", 14.83, 98.2), ("guinea pig", 1.04, 5.5),
  ("vervet", 4.19, 58), ("chinchilla", 0.425, 6.4), ("ground squirrel", 0.101, 4),
  ("Arctic ground squirrel", 0.92, 5.7), ("African giant pouched rat", 1, 6.6), ("short-tailed shrew", 0.005, 0.14),
  ("star-nosed mole", 0.06, 1), ("nine-banded armadillo", 3.5, 10.8), ("tree hyrax", 2, 12.3),
  ("North American opossum", 1.7, 6.3), ("Asian elephant", 2547, 4603), ("big brown bat", 0.023, 0.3),
  ("donkey", 187.1, 419), ("horse", 521, 655), ("European hedgehog", 0.785, 3.5), ("patas monkey", 10, 115),
  ("cat", 3.3, 25.6), ("galago", 0.2, 5), ("genet", 1.41, 17.5), ("giraffe", 529, 680), ("gorilla", 207, 406),
  ("grey seal", 85, 325), ("rock hyrax", 0.75, 12.3), ("human", 62, 1320), ("African elephant", 6654, 5712),
  ("water opossum", 3.5, 3.9), ("rhesus monkey", 6.8, 179), ("kangaroo", 35, 56), ("yellow-bellied marmot", 4.05, 17),
  ("golden hamster", 0.12, 1), ("mouse", 0.023, 0.4), ("little brown bat", 0.01, 0.25), ("slow loris", 1.4, 12.5),
  ("okapi", 250, 490), ("rabbit", 2.5, 12.1), ("sheep", 55.5, 175), ("jaguar", 100, 157), ("chimpanzee", 52.16, 440),
  ("baboon", 10.55, 179.5), ("desert hedgehog", 0.55, 2.4), ("giant armadillo", 60, 81), ("other rock hyrax", 3.6, 21),
  ("raccoon", 4.288, 39.2), ("rat", 0.28, 1.9), ("eastern mole", 0.075, 1.2), ("mole rat", 0.122, 3),
  ("musk shrew", 0.048, 0.33), ("pig", 192, 180), ("echidna", 3, 25), ("Brazilian tapir", 160, 169),
  ("tenrec", 0.9, 2.6), ("phalanger", 1.62, 11.4), ("tree shrew", 0.104, 2.5), ("red fox", 4.235, 50.4),
]

/// Fits a line to the logarithms of bodies and brains.
public struct Bayes: Example {
  public static let name = "bayes"
  public static let summary = "a Bayesian regression: brains and bodies of mammals"
  public static var options: [Option<Self>] {
    [
      Option("steps", \.steps, "steps of the optimiser"), Option("samples", \.samples, "guesses in a step"),
      Option("rate", \.rate, "first learning rate"), Option("seed", \.seed, "where random numbers start"),
    ]
  }
  public var (steps, samples, rate, seed) = (1500, 16, 0.05, 0)
  public init() {}

  /// What the training gave: posterior means and deviations.
  public struct Outcome: Sendable {
    /// The negative lower bound of the log likelihood at each step.
    public var losses: [Double]
    /// How the logarithm of the brain grows with that of the body.
    public var slope: (mean: Double, deviation: Double)
    /// The logarithm of the brain at the mean logarithm of the bodies.
    public var middle: (mean: Double, deviation: Double)
    /// How far single mammals are from the line.
    public var spread: (mean: Double, deviation: Double)
  }

  public func run() throws -> Outcome {
    manualSeed(seed)
    let bodies = log(Tensor(mammals.map(\.body), dtype: .float32))
    let brains = log(Tensor(mammals.map(\.brain), dtype: .float32))
    let x = bodies - bodies.mean()  // around the middle slope and intercept do not depend on each other

    // Before the data: a wide guess. After them: a guess with parameters to be found.
    let (linePrior, spreadPrior) = (Normal(zeros([2]), 10), LogNormal(0.0, 2.0))
    let lineMean = parameter(zeros([2])), lineScale = parameter(full([2], -1.0))
    let spreadMean = parameter(zeros([])), spreadScale = parameter(full([], -1.0))
    let positive = transformTo(constraints.positive)
    func line() -> Normal { Normal(lineMean, positive(lineScale)) }
    func spread() -> LogNormal { LogNormal(spreadMean, positive(spreadScale)) }

    let optimizer = Adam([lineMean, lineScale, spreadMean, spreadScale], lr: rate)
    let schedule = CosineAnnealingLR(optimizer, tMax: max(1, steps))
    var losses: [Double] = []
    for step in 1...max(1, steps) {
      let guess = line().rsample([samples])  // slopes and intercepts
      let (slope, middle) = (guess[0..., ..<1], guess[0..., 1...])
      let deviation = spread().rsample([samples, 1])
      let likelihood = Normal(slope * x + middle, deviation).logProb(brains).sum(1).mean()
      let divergence = klDivergence(line(), linePrior).sum() + klDivergence(spread(), spreadPrior)
      let loss = divergence - likelihood
      optimizer.zeroGrad()
      loss.backward()
      optimizer.step()
      schedule.step()
      losses.append(loss.item())
      if isReported(step, of: steps) { print("step \(step)/\(steps)  loss \(fixed(losses[step - 1], 2))") }
    }

    return noGrad {
      let (means, deviations): ([Double], [Double]) = (line().mean.array(), line().stddev.array())
      let spreads = (mean: spread().mean.item(), deviation: spread().stddev.item())
      print("\nlog brain = a + b log body, give or take s")
      for (name, mean, deviation) in [
        ("b", means[0], deviations[0]), ("a in the middle", means[1], deviations[1]),
        ("s", spreads.mean, spreads.deviation),
      ] { print("  \(name): \(fixed(mean)) ± \(fixed(deviation))") }

      // What the line says of a mammal, and which mammals are furthest from it.
      let expected = exp(x * means[0] + means[1])
      let ratios: [Double] = (exp(brains) / expected).array()
      let order = ratios.indices.sorted { ratios[$0] > ratios[$1] }
      print("\nbrains as multiples of what the body lets expect:")
      for i in order.prefix(3) + order.suffix(3) { print("  \(mammals[i].name): \(fixed(ratios[i], 2))") }
      return Outcome(
        losses: losses, slope: (means[0], deviations[0]), middle: (means[1], deviations[1]), spread: spreads)
    }
  }
}
