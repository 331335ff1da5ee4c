# The everyday commands. Each does what it says from a fresh checkout; CONTRIBUTING.md tells more.
SHELL := /bin/bash

.PHONY: help setup prepared demo chat binary gpu-archive test docs lint format bench clean

help:
	@echo "make setup   libraries that make Apus faster (it runs without them)"
	@echo "make demo    build the apus command and train on handwritten digits"
	@echo "make chat    talk with a small language model, which is fetched first (98 MB)"
	@echo "make binary  one file, .build/apus, that runs where no Swift is installed"
	@echo "make gpu-archive  what checks and measures a graphics card on another machine, .build/gpu-check.tar.xz"
	@echo "make test    all tests, in release mode"
	@echo "make docs    the guides and all declarations as a site, .build/docs"
	@echo "make lint    the style that CI asks for"
	@echo "make format  bring all Swift files into that style"
	@echo "make bench   run the benchmarks"
	@echo "make clean   remove what was built"

setup:
	@scripts/setup.sh

# The same before other commands, without repeating what failed today.
prepared:
	@scripts/setup.sh --once

demo: prepared
	swift build -c release --product apus
	"$$(swift build -c release --show-bin-path)/apus" demo

chat: prepared
	swift build -c release --product apus
	@scripts/chat.sh $(ARGS)

# The Swift runtime is linked in, which needs a build of its own.
binary:
	swift build -c release --static-swift-stdlib --scratch-path .build/static --product apus -Xlinker -s
	@cp "$$(swift build -c release --static-swift-stdlib --scratch-path .build/static --show-bin-path)/apus" .build/apus
	@ls -lh .build/apus

gpu-archive:
	@scripts/gpu-archive.sh

# The C kernels are a hundred times slower in debug builds, so the tests run in release mode. Without testable imports the
# build is the one that make demo uses.
test:
	@scripts/setup.sh --once --tests
	swift test -c release --no-parallel --disable-testable-imports

# The site is plain files: docc writes it in half a minute, any server shows it.
docs: prepared
	swift build -c release --product apus
	@scripts/make-docs.py "$$(swift build -c release --show-bin-path)" .build/docs
	@echo "python3 -m http.server --directory .build/docs 8000, then http://localhost:8000"

lint:
	@scripts/lint.sh

format:
	@scripts/lint.sh --fix

bench: prepared
	@if [ ! -d Benchmarks ]; then echo "bench: there is no Benchmarks folder in this checkout" >&2; exit 1; fi
	swift run -c release benchmarks $(ARGS)

clean:
	swift package clean
