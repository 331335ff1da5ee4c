import Apus
import Testing

@Suite(.serialized) struct DistributionsCode {
  @Test func shapes() {
    let heights = Normal(Tensor([1.6, 1.8]), 0.1)  // a batch of two
    print(heights.sample([5]).shape, heights.logProb(Tensor(1.7)).shape)  // [5, 2] [2]
    let pair = Independent(heights, 1)  // one event of two numbers
    print(pair.batchShape, pair.eventShape, pair.logProb(Tensor([1.6, 1.8])).shape)  // [] [2] []
    print(heights)  // Normal(loc: torch.Size([2]), scale: torch.Size([2]))
    #expect("\(heights)" == "Normal(loc: torch.Size([2]), scale: torch.Size([2]))")
    #expect(pair.batchShape == [] && pair.eventShape == [2])
    #expect(heights.sample([5]).shape == [5, 2])
  }

  @Test func gradientsOfSamples() {
    manualSeed(1)
    let shape = Tensor(2.0, requiresGrad: true)
    Gamma(shape, 1.0).rsample([1000]).mean().backward()
    print((shape.grad?.item() ?? 0) > 0.8)  // true: the mean is the shape
    let logits = Tensor([0.0, 0.0], requiresGrad: true)
    let policy = Categorical(logits: logits)
    let action = policy.sample()
    (-policy.logProb(action) * 1.5).backward()
    print(logits.grad?.sum().item() ?? 1)  // 0.0
    #expect(abs((shape.grad?.item() ?? 0) - 1) < 0.2)
    #expect(logits.grad?.sum().item() == 0)
  }

  @Test func checks() throws {
    do {
      _ = try withErrors { Exponential(1.0).logProb(Tensor(-1.0)) }
    } catch {
      print("\(error)".contains("to be within the support (GreaterThanEq(lower_bound=0.0))"))  // true
    }
    print(Exponential(1.0, validateArgs: false).logProb(Tensor(-1.0)).item())  // 1.0
    #expect(throws: TensorError.self) { try withErrors { Exponential(1.0).logProb(Tensor(-1.0)) } }
  }

  @Test func transforms() {
    print(constraints.positive.check(Tensor([1.0, -1.0])))  // tensor([ True, False])
    let toSimplex = transformTo(constraints.simplex)
    print(toSimplex(Tensor([0.0, 0.0])))  // tensor([0.5000, 0.5000])
    let squashed = TransformedDistribution(Normal(0.0, 1.0), [AffineTransform(0.5, 2.0), TanhTransform()])
    let x = squashed.rsample([100])
    print(x.abs().max().item() <= 1, squashed.logProb(Tensor(0.25)).shape)  // true []
    #expect("\(constraints.positive.check(Tensor([1.0, -1.0])))" == "tensor([ True, False])")
    #expect(x.abs().max().item() <= 1)
  }

  @Test func divergences() {
    print(klDivergence(Normal(0.0, 1.0), Normal(1.0, 1.0)))  // tensor(0.5000)
    registerKL(Cauchy.self, Normal.self) { p, q in
      let x = p.sample([1000])
      return (p.logProb(x) - q.logProb(x)).mean([0])
    }
    print(klDivergence(Cauchy(0.0, 1.0), Normal(0.0, 100.0)).shape)  // []
    #expect(klDivergence(Normal(0.0, 1.0), Normal(1.0, 1.0)).item() == 0.5)
  }

  @Test func regression() {
    manualSeed(0)
    let inputs = linspace(-1, 1, 50)
    let targets = 2 * inputs + 0.5 + 0.3 * randn([50])
    let prior = Independent(Normal(Tensor.zeros([2]), 3.0), 1)
    let middle = Tensor(Tensor.zeros([2]), requiresGrad: true)
    let spread = Tensor(Tensor.full([2], -1.0), requiresGrad: true)
    let toScale = transformTo(constraints.positive)
    func posterior() -> Independent<Normal> { Independent(Normal(middle, toScale(spread)), 1) }

    let optimizer = Adam([middle, spread], lr: 0.05)
    for _ in 0..<400 {
      let guess = posterior()
      let line = guess.rsample([16])  // slopes and intercepts
      let predicted = line.narrow(1, 0, 1) * inputs + line.narrow(1, 1, 1)
      let likelihood = Normal(predicted, 0.3).logProb(targets).sum([1]).mean()
      let loss = klDivergence(guess, prior) - likelihood
      optimizer.zeroGrad()
      loss.backward()
      optimizer.step()
    }
    print(posterior().mean, posterior().stddev)  // close to 2 and 0.5, give or take 0.07 and 0.04
    let (mean, deviation) = (posterior().mean.array(as: Double.self), posterior().stddev.array(as: Double.self))
    // The exact posterior: deviations 0.3 / sqrt(sum x²) and 0.3 / sqrt(50), within the noise of the gradients.
    #expect(abs(mean[0] - 2) < 0.3 && abs(mean[1] - 0.5) < 0.2)
    #expect(abs(deviation[0] - 0.072) < 0.025 && abs(deviation[1] - 0.0424) < 0.015)
  }
}
