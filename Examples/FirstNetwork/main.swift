import Apus
print(Tensor([1.0]))
