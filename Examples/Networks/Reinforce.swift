import Apus

// REINFORCE (Williams, 1992): after an episode, actions that were followed by more reward than usual become more likely.
//
//   swift run -c release examples reinforce

/// Learns to balance a ``CartPole`` from whole episodes.
public struct Reinforce: Example {
  public static let name = "reinforce"
  public static let summary = "reinforcement learning of CartPole by REINFORCE: whole episodes"
  public static var options: [Option<Self>] {
    [
      Option("episodes", \.episodes, "episodes to learn from"), Option("batch", \.batch, "episodes in a step"),
      Option("width", \.width, "units of the hidden layers"), Option("rate", \.rate, "learning rate"),
      Option("discount", \.discount, "what a reward of the next step counts now"),
      Option("seed", \.seed, "where random numbers start"),
    ]
  }
  public var (episodes, batch, width) = (600, 4, 64)
  public var (rate, discount, seed) = (5e-3, 0.99, 0)
  public init() {}

  public func run() throws -> ControlOutcome {
    manualSeed(seed)
    let policy = controlNetwork(width, outputs: 2)
    let optimizer = Adam(policy.parameters(), lr: rate)
    var cart = CartPole()
    var returns: [Double] = []

    while returns.count < episodes {
      // A few episodes by the policy as it is.
      var (states, actions, values): ([[Double]], [Int], [Double]) = ([], [], [])
      for _ in 0..<max(1, batch) {
        var state = cart.reset()
        var rewards: [Double] = []
        while true {
          let action = noGrad {
            Categorical(logits: policy(Tensor(state, dtype: .float32))).sample().item(as: Int.self)
          }
          states.append(state)
          actions.append(action)
          let next = cart.step(action)
          rewards.append(next.reward)
          state = next.state
          if next.terminated || next.truncated { break }
        }
        // What followed each action, later rewards counting less.
        var followed = 0.0
        values += rewards.reversed().map { reward in
          followed = reward + discount * followed
          return followed
        }.reversed()
        returns.append(rewards.reduce(0, +))
      }

      // Better than the mean of these episodes is good, worse is bad.
      let value = Tensor(values, dtype: .float32)
      let advantage = (value - value.mean()) / (value.std() + 1e-8)
      let choices = Categorical(logits: policy(Tensor(states, dtype: .float32)))
      let loss = -(choices.logProb(Tensor(actions)) * advantage).mean()
      optimizer.zeroGrad()
      loss.backward()
      optimizer.step()
      let update = returns.count / max(1, batch)
      if isReported(update, of: episodes / max(1, batch)) {
        print("episode \(returns.count)/\(episodes)  mean return of the last 20: \(fixed(recentMean(returns), 1))")
      }
    }
    return ControlOutcome(returns: returns, finalReturn: testControl(policy))
  }
}
