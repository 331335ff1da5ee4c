#!/usr/bin/env python3
"""Writes losses of vectors of texts and their gradients, as sentence-transformers computes them, to
Tests/ApusRecipesTests/Recorded/embedding-losses.json. Needs torch and sentence-transformers 6.2."""
import json
import pathlib

import torch
from sentence_transformers.sentence_transformer import losses

FILE = pathlib.Path(__file__).resolve().parent.parent / "Tests/ApusRecipesTests/Recorded/embedding-losses.json"
ROWS, WIDTH = 5, 6


class Columns(torch.nn.Module):
    """A model whose vectors are there already."""

    def __init__(self, vectors):
        super().__init__()
        self.vectors = vectors

    def get_embedding_dimension(self):
        return WIDTH

    def get_sentence_embedding_dimension(self):
        return WIDTH

    def forward(self, features):
        return {"sentence_embedding": self.vectors[features["column"]]}


torch.manual_seed(0)
# Numbers with few digits, so that the file is small and exact.
vectors = [(torch.randn(ROWS, WIDTH) * 64).round() / 64 for _ in range(4)]
scores = torch.tensor([0.1, 0.9, 0.5, 0.9, 0.3])
binary = torch.tensor([1.0, 0.0, 1.0, 0.0, 0.0])
teacher = (torch.randn(ROWS, WIDTH) * 64).round() / 64
margins = torch.tensor([0.5, 1.25, -0.5, 2.0, 0.0])
Ranking = losses.MultipleNegativesRankingLoss
S, T = losses.SiameseDistanceMetric, losses.TripletDistanceMetric
every = ("query_to_doc", "query_to_query", "doc_to_query", "doc_to_doc")

cases = {
    "ranking": (2, None, lambda m: Ranking(m)),
    "ranking-negatives": (4, None, lambda m: Ranking(m, scale=10)),
    "ranking-directions": (3, None, lambda m: Ranking(m, directions=every)),
    "ranking-symmetric": (2, None, lambda m: Ranking(
        m, directions=("query_to_doc", "doc_to_query"), partition_mode="per_direction")),
    "ranking-hard": (4, None, lambda m: Ranking(m, hardness_mode="hard_negatives", hardness_strength=5.0)),
    "ranking-hard-batch": (4, None, lambda m: Ranking(m, hardness_mode="in_batch_negatives", hardness_strength=5.0)),
    "ranking-hard-all": (4, None, lambda m: Ranking(m, hardness_mode="all_negatives", hardness_strength=5.0)),
    "triplet": (3, None, lambda m: losses.TripletLoss(m)),
    "triplet-cosine": (3, None, lambda m: losses.TripletLoss(m, distance_metric=T.COSINE, triplet_margin=0.5)),
    "triplet-manhattan": (3, None, lambda m: losses.TripletLoss(m, distance_metric=T.MANHATTAN, triplet_margin=2)),
    "contrastive": (2, binary, lambda m: losses.ContrastiveLoss(m)),
    "contrastive-euclidean": (2, binary, lambda m: losses.ContrastiveLoss(m, distance_metric=S.EUCLIDEAN, margin=4)),
    "contrastive-manhattan": (2, binary, lambda m: losses.ContrastiveLoss(m, distance_metric=S.MANHATTAN, margin=9)),
    "online": (2, binary, lambda m: losses.OnlineContrastiveLoss(m)),
    "online-euclidean": (2, binary, lambda m: losses.OnlineContrastiveLoss(m, distance_metric=S.EUCLIDEAN, margin=4)),
    "cosine": (2, scores, lambda m: losses.CosineSimilarityLoss(m)),
    "cosent": (2, scores, lambda m: losses.CoSENTLoss(m)),
    "angle": (2, scores, lambda m: losses.AnglELoss(m)),
    "distill-mse": (1, teacher, lambda m: losses.EmbedDistillLoss(m, distance_metric="mse")),
    "distill-l2": (2, teacher, lambda m: losses.EmbedDistillLoss(m, distance_metric="l2")),
    "distill-cosine": (2, teacher, lambda m: losses.EmbedDistillLoss(m)),
    "margin": (3, margins, lambda m: losses.MarginMSELoss(m)),
    "matryoshka": (3, None, lambda m: losses.MatryoshkaLoss(
        m, Ranking(m), matryoshka_dims=[6, 4, 2], matryoshka_weights=[1, 0.5, 0.25])),
    "matryoshka-cosent": (2, scores, lambda m: losses.MatryoshkaLoss(m, losses.CoSENTLoss(m), matryoshka_dims=[6, 3])),
    "matryoshka-triplet": (3, None, lambda m: losses.MatryoshkaLoss(
        m, losses.TripletLoss(m, triplet_margin=1), matryoshka_dims=[4])),
}

recorded = {}
for name, (columns, labels, make) in cases.items():
    own = [v.clone().requires_grad_() for v in vectors[:columns]]
    model = Columns(own)
    loss_function = make(model)
    # Texts are merged to one batch before they are embedded, where a loss does so; here each column stands for itself.
    features = [{"column": i} for i in range(columns)]
    for module in [loss_function, getattr(loss_function, "loss", None)]:
        if module is not None and hasattr(module, "compute_loss_from_embeddings"):
            compute = module.compute_loss_from_embeddings

            def forward(features, labels, compute=compute, model=model, module=module):
                found = [model(f)["sentence_embedding"] for f in features]
                if isinstance(module, losses.EmbedDistillLoss):
                    labels = [labels] * len(found)
                return compute(found, labels)

            module.forward = forward
    loss = loss_function(features, labels)
    loss.backward()
    recorded[name] = {
        "columns": columns,
        "labels": labels.tolist() if labels is not None else None,
        "loss": loss.item(),
        "gradients": [[round(x, 7) for x in (v.grad if v.grad is not None else torch.zeros_like(v)).flatten().tolist()]
                      for v in own],
    }
FILE.write_text(json.dumps({"rows": ROWS, "width": WIDTH, "vectors": [v.flatten().tolist() for v in vectors],
                            "cases": recorded}, separators=(",", ":")) + "\n")
print({name: case["loss"] for name, case in recorded.items()})
