import Apus

// Proximal policy optimisation (Schulman et al., 2017): several carts run side by side for some steps, then the policy is changed
// by several passes over these steps, but in no step further than a bound; a second network tells what states are worth.
//
//   swift run -c release examples ppo

/// Learns to balance a ``CartPole`` from several at once.
public struct PPO: Example {
  public static let name = "ppo"
  public static let summary =
    "reinforcement learning of CartPole by proximal policy optimisation: several carts at once"
  public static var options: [Option<Self>] {
    [
      Option("steps", \.steps, "steps of all carts together"), Option("carts", \.carts, "carts side by side"),
      Option("length", \.length, "steps of each between two changes of the policy"),
      Option("passes", \.passes, "passes over these steps"),
      Option("batch", \.batch, "steps in a step of the optimiser"),
      Option("width", \.width, "units of the hidden layers"), Option("rate", \.rate, "first learning rate"),
      Option("discount", \.discount, "what a reward of the next step counts now"),
      Option("clip", \.clip, "how far the chance of an action may change"),
      Option("seed", \.seed, "where random numbers start"),
    ]
  }
  public var (steps, carts, length, passes, batch, width) = (40_000, 8, 64, 8, 128, 64)
  public var (rate, discount, smoothing, clip, seed) = (2e-3, 0.98, 0.9, 0.2, 0)
  public init() {}

  public func run() throws -> ControlOutcome {
    manualSeed(seed)
    let policy = controlNetwork(width, outputs: 2)
    let critic = controlNetwork(width, outputs: 1)
    let parameters = policy.parameters() + critic.parameters()
    let optimizer = Adam(parameters, lr: rate, eps: 1e-5)
    let rounds = max(1, steps / (carts * length))
    let schedule = LinearLR(optimizer, startFactor: 1, endFactor: 0.1, totalIters: rounds)
    var poles = (0..<carts).map { _ in CartPole() }
    for i in poles.indices { poles[i].reset() }
    var (returns, totals) = ([Double](), [Double](repeating: 0, count: carts))

    for round in 1...rounds {
      // The carts run by the policy as it is. Rows are steps, columns carts.
      var (states, actions, logProbs, values, rewards, ends):
        ([Tensor], [Tensor], [Tensor], [Tensor], [[Double]], [[Double]])
      (states, actions, logProbs, values, rewards, ends) = ([], [], [], [], [], [])
      func observe() -> Tensor { Tensor(poles.map(\.state), dtype: .float32) }
      for _ in 0..<length {
        let state = observe()
        noGrad {
          let choice = Categorical(logits: policy(state))
          let action = choice.sample()
          states.append(state)
          actions.append(action)
          logProbs.append(choice.logProb(action))
          values.append(critic(state).squeeze(1))
        }
        var (reward, end) = ([Double](repeating: 1, count: carts), [Double](repeating: 0, count: carts))
        for (i, action) in actions[actions.count - 1].array(as: Int.self).enumerated() {
          let next = poles[i].step(action)
          totals[i] += next.reward
          reward[i] = next.reward
          guard next.terminated || next.truncated else { continue }
          // Time that is up is no failure: what would have come is worth what the critic says.
          if !next.terminated {
            reward[i] += discount * noGrad { critic(Tensor(next.state, dtype: .float32)).item() }
          }
          end[i] = 1
          returns.append(totals[i])
          totals[i] = 0
          poles[i].reset()
        }
        rewards.append(reward)
        ends.append(end)
      }

      // How much better each action was than the critic thought (generalised advantage estimation), the last step first.
      let last = noGrad { critic(observe()).squeeze(1) }
      let (rewardRows, goesOnRows) = (Tensor(rewards, dtype: .float32), 1 - Tensor(ends, dtype: .float32))
      var advantages: [Tensor] = []
      var (following, better) = (last, zerosLike(last))
      for t in (0..<length).reversed() {
        let (reward, goesOn) = (rewardRows[t], goesOnRows[t])
        let surprise = reward + discount * following * goesOn - values[t]
        better = surprise + discount * smoothing * goesOn * better
        following = values[t]
        advantages.insert(better, at: 0)
      }
      let advantage = stack(advantages).flatten()
      let wanted = advantage + stack(values).flatten()
      let (state, action, before) = (cat(states), cat(actions), cat(logProbs))

      for _ in 0..<passes {
        for rows in randperm(carts * length).split(batch) {
          let choice = Categorical(logits: policy(state[rows]))
          let ratio = exp(choice.logProb(action[rows]) - before[rows])
          let good = advantage[rows]
          let gain = (good - good.mean()) / (good.std() + 1e-8)
          let bounded = minimum(ratio * gain, ratio.clamp(1 - clip, 1 + clip) * gain).mean()
          let error = F.mseLoss(critic(state[rows]).squeeze(1), wanted[rows])
          let loss = -bounded + 0.5 * error - 0.001 * choice.entropy().mean()
          optimizer.zeroGrad()
          loss.backward()
          clipGradNorm(parameters, 0.5)
          optimizer.step()
        }
      }
      schedule.step()
      if isReported(round, of: rounds) {
        print(
          "step \(round * carts * length)/\(steps)  \(returns.count) episodes, "
            + "mean return of the last 20: \(fixed(recentMean(returns), 1))")
      }
    }
    return ControlOutcome(returns: returns, finalReturn: testControl(policy))
  }
}
