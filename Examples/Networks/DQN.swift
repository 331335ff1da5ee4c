import Apus

// Deep Q-learning (Mnih et al., 2015): a network learns what each action is worth from steps that it remembers, against a
// second network that follows it slowly. The best action of the first is valued by the second (van Hasselt et al., 2016).
//
//   swift run -c release examples dqn

/// The last steps, in tensors that are written round and round.
struct ReplayMemory {
  private var states: Tensor, actions: Tensor, rewards: Tensor, nextStates: Tensor, goesOn: Tensor
  private let capacity: Int
  private(set) var count = 0

  init(capacity: Int) {
    self.capacity = capacity
    (states, nextStates) = (zeros([capacity, 4]), zeros([capacity, 4]))
    (actions, rewards, goesOn) = (zeros([capacity], dtype: .int64), zeros([capacity]), zeros([capacity]))
  }

  mutating func remember(_ state: [Double], _ action: Int, _ reward: Double, _ next: [Double], isEnd: Bool) {
    let i = count % capacity
    states[i] = Tensor(state, dtype: .float32)
    nextStates[i] = Tensor(next, dtype: .float32)
    actions[i] = action
    rewards[i] = reward
    goesOn[i] = isEnd ? 0 : 1
    count += 1
  }

  func sample(_ size: Int) -> (states: Tensor, actions: Tensor, rewards: Tensor, nextStates: Tensor, goesOn: Tensor) {
    let chosen = randint(0, min(count, capacity), [size])
    return (states[chosen], actions[chosen], rewards[chosen], nextStates[chosen], goesOn[chosen])
  }
}

/// Learns to balance a ``CartPole`` from remembered steps.
public struct DQN: Example {
  public static let name = "dqn"
  public static let summary = "reinforcement learning of CartPole by deep Q-learning: remembered steps"
  public static var options: [Option<Self>] {
    [
      Option("steps", \.steps, "steps of the cart"), Option("memory", \.memory, "steps that are remembered"),
      Option("batch", \.batch, "remembered steps in a step of the optimiser"),
      Option("width", \.width, "units of the hidden layers"), Option("rate", \.rate, "learning rate"),
      Option("discount", \.discount, "what a reward of the next step counts now"),
      Option("follow", \.follow, "how fast the second network follows"),
      Option("seed", \.seed, "where random numbers start"),
    ]
  }
  public var (steps, memory, batch, width) = (40_000, 50_000, 128, 64)
  public var (rate, discount, follow, seed) = (3e-4, 0.99, 0.005, 0)
  public init() {}

  public func run() throws -> ControlOutcome {
    manualSeed(seed)
    let network = controlNetwork(width, outputs: 2)
    let target = deepCopy(network)
    let optimizer = Adam(network.parameters(), lr: rate)
    var replay = ReplayMemory(capacity: max(batch, memory))
    var cart = CartPole()
    var state = cart.reset()
    var (returns, total): ([Double], Double) = ([], 0)

    for step in 1...max(1, steps) {
      // Less and less by chance: at first always, after a tenth of the time in one step of a hundred.
      let chance = max(0.01, 1 - Double(step) / Double(max(1, steps / 10)))
      let isByChance = rand([1]).item() < chance
      let action: Int =
        isByChance
        ? randint(0, 2, [1]).item() : noGrad { network(Tensor(state, dtype: .float32)).argmax().item() }
      let next = cart.step(action)
      replay.remember(state, action, next.reward, next.state, isEnd: next.terminated)
      (state, total) = (next.state, total + next.reward)
      if next.terminated || next.truncated {
        returns.append(total)
        (state, total) = (cart.reset(), 0)
      }

      if replay.count >= 500 {
        let (states, actions, rewards, nextStates, goesOn) = replay.sample(batch)
        let wanted = noGrad {
          let best = network(nextStates).argmax(1, keepdim: true)
          return rewards + discount * goesOn * target(nextStates).gather(1, best).squeeze(1)
        }
        let worth = network(states).gather(1, actions.unsqueeze(1)).squeeze(1)
        let loss = smoothL1Loss(worth, wanted)
        optimizer.zeroGrad()
        loss.backward()
        clipGradNorm(network.parameters(), 10)
        optimizer.step()
        noGrad {
          for (slow, fast) in zip(target.parameters(), network.parameters()) { slow.lerp_(fast, follow) }
        }
      }
      if isReported(step, of: steps) {
        print(
          "step \(step)/\(steps)  \(returns.count) episodes, mean return of the last 20: \(fixed(recentMean(returns), 1))"
        )
      }
    }
    return ControlOutcome(returns: returns, finalReturn: testControl(network))
  }
}
