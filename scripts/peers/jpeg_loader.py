#!/usr/bin/env python3
"""Images a second of PyTorch's loader over a folder of pictures, to compare with `benchmarks --jpeg FOLDER`.

    python3 scripts/peers/jpeg_loader.py --make FOLDER      # 600 pictures like photographs, some 500 x 375
    python3 scripts/peers/jpeg_loader.py FOLDER

Needs PyTorch, torchvision and Pillow; nothing of the package needs this file.
"""

import argparse
import pathlib
import statistics
import time

import numpy as np
import torch
from PIL import Image
from torch.utils.data import DataLoader
from torchvision import transforms as v1
from torchvision.datasets import ImageFolder
from torchvision.transforms import v2

MEAN, DEVIATION = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]


def make(folder):
    random = np.random.default_rng(0)
    for i in range(600):
        place = folder / f"class{i % 10}"
        place.mkdir(parents=True, exist_ok=True)
        width, height = int(random.integers(440, 560)), int(random.integers(330, 420))

        def smooth(rows, columns):
            noise = random.integers(0, 256, (rows, columns, 3), dtype=np.uint8)
            return np.asarray(Image.fromarray(noise).resize((width, height), Image.BICUBIC), float)

        picture = 0.7 * smooth(12, 16) + 0.3 * smooth(height // 6, width // 6) + random.normal(0, 6, (height, width, 3))
        Image.fromarray(picture.clip(0, 255).astype(np.uint8)).save(place / f"{i}.jpg", quality=90)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", type=pathlib.Path)
    options.add_argument("--make", action="store_true")
    options.add_argument("--workers", type=int, default=2)
    chosen = options.parse_args()
    if chosen.make:
        return make(chosen.folder)
    transforms = {
        "transforms v1 (Pillow)": v1.Compose([
            v1.RandomResizedCrop(224), v1.RandomHorizontalFlip(), v1.ToTensor(), v1.Normalize(MEAN, DEVIATION)]),
        "transforms v2 (tensors)": v2.Compose([
            v2.ToImage(), v2.RandomResizedCrop(224, antialias=True), v2.RandomHorizontalFlip(),
            v2.ToDtype(torch.float32, scale=True), v2.Normalize(MEAN, DEVIATION)]),
    }
    for name, transform in transforms.items():
        loader = DataLoader(ImageFolder(chosen.folder, transform), batch_size=32, shuffle=True,
                            num_workers=chosen.workers, persistent_workers=chosen.workers > 0)
        rates = []
        for _ in range(6):
            start, count = time.perf_counter(), 0
            for _, labels in loader:
                count += len(labels)
            rates.append(count / (time.perf_counter() - start))
        print(f"{name}: {statistics.median(rates[1:]):.0f} images/s (median of 5 passes)")


if __name__ == "__main__":
    main()
